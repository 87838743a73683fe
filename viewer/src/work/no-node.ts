/** Stands in for Node's modules, which the pixel codecs name but only use in Node. */
export default {};
