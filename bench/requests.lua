-- Requests for wrk, and its result as one line.
--   wrk ... http://server/http/ -- get FOLDER COUNT       the files FOLDER/0 .. FOLDER/COUNT-1 in turn
--   wrk ... http://server/http/ -- put FOLDER SIZE RUN    a new path and a new content each time

local threads = 0

function setup(thread)
   thread:set("number", threads)
   threads = threads + 1
end

local function get(prefix, count)
   local requests = {}
   for i = 1, count do
      requests[i] = wrk.format("GET", prefix .. (i - 1))
   end
   -- Each thread begins elsewhere, so that they do not march in step.
   local at = number * 37
   return function()
      at = at + 1
      return requests[at % count + 1]
   end
end

local function put(prefix, size, run)
   math.randomseed(tonumber(run) * 100 + number)
   local bytes = {}
   for i = 1, size - 32 do
      bytes[i] = string.char(math.random(0, 255))
   end
   local rest = table.concat(bytes)
   local at = 0
   return function()
      at = at + 1
      local name = string.format("%08d-%02d-%08d", run, number, at)
      return wrk.format("PUT", prefix .. name, nil, string.format("%-32s", name) .. rest)
   end
end

function init(args)
   local prefix = wrk.path .. args[2] .. "/"
   if args[1] == "put" then
      request = put(prefix, tonumber(args[3]), args[4])
   else
      request = get(prefix, tonumber(args[3]))
   end
end

function done(summary, latency)
   local e = summary.errors
   io.write(string.format(
      "RESULT %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
      e.connect + e.read + e.write + e.status + e.timeout))
end
