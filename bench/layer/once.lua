-- Asks for each key exactly once, and ends wrk when the last answer is here. For one thread of wrk.
--   wrk -t 1 -c CONNECTIONS -d LIMIT -s once.lua http://server/http/ -- PREFIX FIRST COUNT CONNECTIONS
-- asks for COUNT files from PREFIX<FIRST> on; COUNT is at least CONNECTIONS.

local ffi = require("ffi")
ffi.cdef("int getpid(void); int kill(int pid, int signal);")
local interrupt = 2

local prefix, first, count, connections
local at, idle = -1, 0

function init(args)
   prefix, first, count, connections = wrk.path .. args[1], tonumber(args[2]), tonumber(args[3]), tonumber(args[4])
end

-- wrk calls it once before it begins, to see what a request looks like, and then whenever a connection is free.
function request()
   if at < 0 then
      at = 0
      return wrk.format("GET", prefix .. first)
   end
   if at < count then
      at = at + 1
      return wrk.format("GET", prefix .. (first + at - 1))
   end
   idle = idle + 1
   if idle == connections then
      -- Its thread ends at once; the interrupt wakes up what sleeps until the limit.
      wrk.thread:stop()
      ffi.C.kill(ffi.C.getpid(), interrupt)
   end
   -- No bytes: the connection waits.
   return ""
end

function done(summary, latency)
   local e = summary.errors
   io.write(string.format(
      "RESULT %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
      e.connect + e.read + e.write + e.status + e.timeout))
end
