// Boost.JSON, compiled once: the package's headers only, no compiled Boost library to link.
#include <boost/json/src.hpp>
