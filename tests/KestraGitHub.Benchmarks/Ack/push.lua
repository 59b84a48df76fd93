-- wrk's part of `ack`: the same signed push again and again, to each path in turn, with a guid of its own each time: of version 1 as GitHub's are, which
-- begin with the time's low 32 bits in tenths of a microsecond; or random with BENCH_RANDOM.
-- With BENCH_RATE (calls a second, all connections together) it waits for its turn instead of going on at once.
local ffi = require("ffi")
ffi.cdef [[
  typedef struct { long seconds; long nanoseconds; } bench_time;
  int clock_gettime(int clock, bench_time *time);
]]

local heads, tail, count, time = {}, "", 0, ffi.new("bench_time")
local random = os.getenv("BENCH_RANDOM")

function init(args)
  local file = assert(io.open(os.getenv("BENCH_BODY"), "rb"))
  local body = file:read("*a")
  file:close()
  for path in string.gmatch(os.getenv("BENCH_PATHS"), "[^,]+") do
    heads[#heads + 1] = "POST " .. path .. " HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: GitHub-Hookshot/044aadd\r\nAccept: */*\r\n"
      .. "Content-Type: application/json\r\nX-GitHub-Event: push\r\nX-GitHub-Hook-ID: 292430182\r\n"
      .. "X-GitHub-Hook-Installation-Target-ID: 79929171\r\nX-GitHub-Hook-Installation-Target-Type: repository\r\n"
      .. "X-Hub-Signature-256: " .. os.getenv("BENCH_SIGNATURE") .. "\r\nContent-Length: " .. #body .. "\r\nX-GitHub-Delivery: "
  end
  tail = "\r\n\r\n" .. body
  math.randomseed(tonumber(os.getenv("BENCH_SEED")))
end

local function guid()
  local r = math.random
  local rest = string.format("8%03x-%06x%06x", r(0, 4095), r(0, 16777215), r(0, 16777215))
  if random then return string.format("%08x-%04x-4%03x-%s", r(0, 4294967295), r(0, 65535), r(0, 4095), rest) end
  ffi.C.clock_gettime(0, time)
  local since1582 = (time.seconds + 12219292800LL) * 10000000LL + time.nanoseconds / 100LL
  local high = tonumber(since1582 / 4294967296LL)
  return string.format("%08x-%04x-1%03x-%s", tonumber(since1582 % 4294967296LL), high % 65536, math.floor(high / 65536), rest)
end

function request()
  count = count + 1
  return heads[count % #heads + 1] .. guid() .. tail
end

local rate = tonumber(os.getenv("BENCH_RATE") or "")
if rate then
  local due = nil
  function delay()
    ffi.C.clock_gettime(1, time)
    local now = tonumber(time.seconds) * 1000 + tonumber(time.nanoseconds) / 1e6
    due = math.max(due or now, now - 1000) + 1000 / rate
    return math.max(0, math.floor(due - now + 0.5))
  end
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), e.status,
    e.connect + e.read + e.write + e.timeout))
end
