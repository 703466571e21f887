// The separately compiled parts of Asio's TLS and of Beast; Asio itself is in cmake/boost_asio.cpp.
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
