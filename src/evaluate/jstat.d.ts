/** The few functions of jStat that rhomap uses; the package brings no types. */
declare module 'jstat' {
  const module: {
    readonly jStat: {
      /** Regularised incomplete beta function I_x(a, b). */
      ibeta(x: number, a: number, b: number): number;
      readonly studentt: { inv(p: number, degreesOfFreedom: number): number };
      readonly normal: {
        inv(p: number, mean: number, standardDeviation: number): number;
        cdf(x: number, mean: number, standardDeviation: number): number;
      };
    };
  };
  export default module;
}
