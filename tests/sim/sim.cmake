# The simulator: a program of its own beside the tests. tests/sim/*.cpp but not what is below it.
file(GLOB sim_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/sim/*.cpp)
add_executable(liaison-sim ${sim_sources})
target_link_libraries(liaison-sim PRIVATE liaison_daemon liaison_connectors liaison_storage liaison_sandbox liaison_base SQLite::SQLite3 CLI11::CLI11)
target_precompile_headers(liaison-sim REUSE_FROM liaison_pch)
