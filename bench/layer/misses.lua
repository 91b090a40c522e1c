-- Asks for keys that nobody has, none of them twice. For one thread of wrk.
--   wrk -t 1 ... -s misses.lua http://server/http/ -- PREFIX

local prefix
local at = 0

function init(args)
   prefix = wrk.path .. args[1] .. "-"
end

function request()
   at = at + 1
   return wrk.format("GET", prefix .. at)
end

-- A miss is what is asked for: every status counts as an error for wrk, and there is to be one for each request.
function done(summary, latency)
   local e = summary.errors
   io.write(string.format(
      "RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
      latency.max, e.connect + e.read + e.write + e.timeout + summary.requests - e.status))
end
