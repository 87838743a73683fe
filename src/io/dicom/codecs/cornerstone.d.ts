/** The parts of cornerstone's WebAssembly codecs that rhomap uses; the packages ship no types. */
declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  const factory: import('./wasm.ts').CodecFactory<'JpegLSDecoder'>;
  export default factory;
}
declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  const factory: import('./wasm.ts').CodecFactory<'J2KDecoder'>;
  export default factory;
}
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  const factory: import('./wasm.ts').CodecFactory<'JPEGDecoder'>;
  export default factory;
}
