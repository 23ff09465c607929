/** Stands in for a package that a dependency imports but never uses at run time. */
module.exports = {};
