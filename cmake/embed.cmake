# cmake -DDIR=<folder> -DOUT=<file.cpp> -DHEADER=<include path> -DNAME=<C++ function> -P embed.cmake
#
# Every file of DIR as bytes in one C++ file, with its path, entity tag and type. No other tool is needed, so it works
# when cross-compiling as well. HEADER declares `liaison::EmbeddedFile` and `std::span<const EmbeddedFile> NAME()`.
cmake_minimum_required(VERSION 3.25)
file(GLOB_RECURSE files LIST_DIRECTORIES false RELATIVE "${DIR}" "${DIR}/*")
list(SORT files)
set(rows "")
set(definitions "")
set(number 0)
foreach(name IN LISTS files)
  file(READ "${DIR}/${name}" hex HEX)
  file(SHA256 "${DIR}/${name}" sum)
  string(SUBSTRING "${sum}" 0 16 sum)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")

  set(type "application/octet-stream")
  if(name MATCHES "\\.html$")
    set(type "text/html; charset=utf-8")
  elseif(name MATCHES "\\.js$")
    set(type "text/javascript; charset=utf-8")
  elseif(name MATCHES "\\.css$")
    set(type "text/css; charset=utf-8")
  elseif(name MATCHES "\\.svg$")
    set(type "image/svg+xml")
  endif()
  string(APPEND definitions "const unsigned char file_${number}[] = {\n${bytes}0};\n")
  string(APPEND rows "    {\"/${name}\", \"\\\"${sum}\\\"\", \"${type}\", bytes_of(file_${number})},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE "${OUT}" "// Made by cmake/embed.cmake; not to be edited.
#include \"${HEADER}\"

namespace liaison {
namespace {
template <std::size_t N>
std::string_view bytes_of(const unsigned char (&file)[N]) {
    return {reinterpret_cast<const char*>(file), N - 1};
}

${definitions}
const EmbeddedFile files_of_${NAME}[] = {
${rows}};
}  // namespace

std::span<const EmbeddedFile> ${NAME}() { return files_of_${NAME}; }

}  // namespace liaison
")
