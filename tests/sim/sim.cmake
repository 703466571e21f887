# The simulator: a program of its own beside the tests.
add_executable(liaison-sim ${CMAKE_SOURCE_DIR}/tests/sim/main.cpp)
target_link_libraries(liaison-sim PRIVATE liaison_simkit CLI11::CLI11)
target_precompile_headers(liaison-sim REUSE_FROM liaison_pch)

# The same simulator over production code with planted bugs.
include(${CMAKE_SOURCE_DIR}/cmake/planted.cmake)
