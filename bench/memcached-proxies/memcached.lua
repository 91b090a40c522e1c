-- memcached's own proxy before the same servers: the least that its manual has, one route for everything.
function mcp_config_pools()
    return mcp.pool({
        mcp.backend("first", "127.0.0.1", @FIRST@),
        mcp.backend("second", "127.0.0.1", @SECOND@),
    })
end

function mcp_config_routes(pool)
    local generator = mcp.funcgen_new()
    local handle = generator:new_handle(pool)
    generator:ready({
        f = function(context)
            return function(request)
                return context:enqueue_and_wait(request, handle)
            end
        end,
    })
    mcp.attach(mcp.CMD_ANY_STORAGE, generator)
end
