// Boost.Asio and Beast are compiled here, once for all programs (cmake/Warnings.cmake sets the macros that make it so).
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
