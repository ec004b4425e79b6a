# sluis_embed(program app): puts portal/dist/<app> into the program, as the table that gateway/http/assets.hpp declares.
# The portal is built by `npm run build` in portal/; its output names the files in dist/<app>/manifest.json.

function(sluis_embed program app)
    set(dist ${CMAKE_SOURCE_DIR}/portal/dist/${app})
    set(table ${CMAKE_BINARY_DIR}/portal/${app}_assets.S)
    file(GLOB_RECURSE portal_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/portal/src/* ${CMAKE_SOURCE_DIR}/portal/*.mjs ${CMAKE_SOURCE_DIR}/portal/package-lock.json)
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
