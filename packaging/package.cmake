# What `cmake --install` puts where, and the Debian package made of it:
#   cmake --preset release && cmake --build build-release --target liaison && (cd build-release && cpack -G DEB)
include(GNUInstallDirs)

if(TARGET liaison)
  install(TARGETS liaison RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(FILES packaging/systemd/liaison.service DESTINATION lib/systemd/system)
install(FILES packaging/sysusers.d/liaison.conf DESTINATION lib/sysusers.d)
install(FILES packaging/tmpfiles.d/liaison.conf DESTINATION lib/tmpfiles.d)
# An example, not a configuration in force: a fresh installation must not talk to anybody by itself.
install(FILES packaging/liaison.toml DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/liaison/examples)
install(FILES README.md LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/liaison)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/liaison/docs)

set(CPACK_PACKAGE_NAME liaison)
set(CPACK_PACKAGE_VENDOR "The Liaison authors")
set(CPACK_PACKAGE_CONTACT "The Liaison authors <liaison@example.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Keeps a CRM and Microsoft Exchange in step")
set(CPACK_PACKAGE_DESCRIPTION "Mirrors CRM tasks, appointments and contacts into each salesperson's mailbox and back,
and logs mail of designated folders as interactions in the CRM.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION mail)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "systemd, tzdata, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${CMAKE_SOURCE_DIR}/packaging/debian/postinst ${CMAKE_SOURCE_DIR}/packaging/debian/prerm)
include(CPack)
