# sluis_embed(program app): puts an app of the portal into the program, as the table that gateway/http/assets.hpp declares.
# portal/build.mjs writes the table and, beside it, the files that it includes; it needs portal/node_modules (npm ci).

function(sluis_embed program app)
    set(table ${CMAKE_BINARY_DIR}/portal/${app}_assets.S)
    file(GLOB_RECURSE portal_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/portal/src/*)
    list(APPEND portal_sources ${CMAKE_SOURCE_DIR}/portal/build.mjs ${CMAKE_SOURCE_DIR}/portal/privacy.mjs
                               ${CMAKE_SOURCE_DIR}/portal/package-lock.json)
    if(NOT TARGET portal)
        add_custom_command(
            OUTPUT ${CMAKE_BINARY_DIR}/portal/upload_assets.S ${CMAKE_BINARY_DIR}/portal/console_assets.S
            COMMAND node build.mjs --embed ${CMAKE_BINARY_DIR}/portal
            WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/portal
            DEPENDS ${portal_sources}
            COMMENT "Building the portal"
            VERBATIM)
        add_custom_target(portal DEPENDS ${CMAKE_BINARY_DIR}/portal/upload_assets.S ${CMAKE_BINARY_DIR}/portal/console_assets.S)
    endif()
    target_sources(${program} PRIVATE ${table})
    add_dependencies(${program} portal)
endfunction()
