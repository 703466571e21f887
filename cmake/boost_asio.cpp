// Asio without TLS, compiled once. Everything that awaits (core included) needs its symbols, so liaison_base links it.
#include <boost/asio/impl/src.hpp>
