-- For wrk: 64 KiB from a random place of a file of 1 GiB; the arguments are header fields.
local head

function init(args)
  local lines = {"GET " .. wrk.path .. " HTTP/1.1", "Host: bench"}
  for _, line in ipairs(args) do lines[#lines + 1] = line end
  head = table.concat(lines, "\r\n") .. "\r\nRange: bytes="
  math.randomseed(os.time())
end

function request()
  local start = math.random(0, 1073741824 - 65536)
  return head .. string.format("%.0f-%.0f\r\n\r\n", start, start + 65535)
end
