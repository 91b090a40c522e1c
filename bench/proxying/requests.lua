-- Requests to a cache in front of an origin, for wrk, and its result as one line.
--   wrk ... http://cache/bench/ -- get FOLDER COUNT         the files FOLDER/0 .. FOLDER/COUNT-1 in turn
--   wrk ... http://cache/bench/ -- range FILE SIZE PART     PART bytes from anywhere in a file of SIZE
--   wrk ... http://cache/bench/ -- unique NAME              unique/NAME-1, -2, ...: nobody has asked for them before
-- With TOKEN in the environment each request shows it.

local threads = 0

function setup(thread)
   thread:set("number", threads)
   threads = threads + 1
end

local function headers(more)
   local token = os.getenv("TOKEN")
   local all = more or {}
   if token then
      all["Authorization"] = "Bearer " .. token
   end
   return all
end

local function get(prefix, count)
   local requests = {}
   for i = 1, count do
      requests[i] = wrk.format("GET", prefix .. (i - 1), headers())
   end
   -- Each thread begins elsewhere, so that they do not march in step.
   local at = number * 37
   return function()
      at = at + 1
      return requests[at % count + 1]
   end
end

local function range(path, size, part)
   math.randomseed(number + 1)
   return function()
      local from = math.random(0, size - part)
      return wrk.format("GET", path, headers({ ["Range"] = "bytes=" .. from .. "-" .. (from + part - 1) }))
   end
end

local function unique(prefix)
   local at = 0
   return function()
      at = at + 1
      return wrk.format("GET", prefix .. "-" .. number .. "-" .. at, headers())
   end
end

function init(args)
   local kind, name = args[1], wrk.path .. args[2]
   if kind == "get" then
      request = get(name .. "/", tonumber(args[3]))
   elseif kind == "range" then
      request = range(name, tonumber(args[3]), tonumber(args[4]))
   else
      request = unique(wrk.path .. "unique/" .. args[2])
   end
end

function done(summary, latency)
   local e = summary.errors
   io.write(string.format(
      "RESULT %d %d %d %d %d %.0f\n", summary.requests, summary.duration, latency:percentile(50),
      latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout, summary.bytes))
end
