using System.Text;
using System.Text.Json;
using Fabrik.ProtocolTests.Serving;
using Xunit;

namespace Fabrik.ProtocolTests;

/// <summary>
/// Replays what real clients sent, byte for byte but for the bodies, whose beginning and length are known. What was
/// answered then is expected now, except where the server of the recording and this one differ on purpose.
/// </summary>
public sealed class RecordingTests : IAsyncLifetime
{
    /// <summary>Where the clients were told to go, and where that is here.</summary>
    private static readonly (string Then, string Now)[] Prefixes =
    [
        ("/cc/", "/ccache/"), ("/bz/", "/ccache/bazel/"), ("/fl/", "/ccache/flat/"), ("/wd/", "/webdav/"),
    ];

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        _server.Authenticator.TakesAny = true;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("gradle-bookworm", 6)]
    [InlineData("nx", 5)]
    [InlineData("turbo", 30)]
    [InlineData("ccache-bookworm", 18)]
    [InlineData("sccache-webdav", 4)]
    public async Task Conversation_OfARealClient_IsAnsweredAsItWas(string name, int atLeast)
    {
        var count = 0;
        var stored = new Dictionary<string, int>(StringComparer.Ordinal);
        var file = Path.Combine(AppContext.BaseDirectory, $"Recordings/{name}.jsonl");
        foreach (var line in await File.ReadAllLinesAsync(file))
        {
            using var document = JsonDocument.Parse(line);
            if (Exchange.Read(document.RootElement) is not { } exchange)
            {
                continue;
            }

            await using var connection = await _server.ConnectAsync();
            await connection.SendAsync(exchange.Request);
            var answer = await connection.ReadAnswerAsync(exchange.Method == "HEAD");

            Assert.True(exchange.Status == answer.Status, $"line {count + 1}: {answer.Status} for {line}");
            if (exchange.Method == "GET" && stored.TryGetValue(exchange.Target, out var length))
            {
                Assert.Equal(length, answer.Body.Length);
            }
            else if (exchange.Method == "PUT")
            {
                stored[exchange.Target] = exchange.BodyLength;
            }

            count++;
        }

        Assert.True(count >= atLeast, $"only {count} exchanges were found");
    }

    private sealed record Exchange(string Method, string Target, byte[] Request, int BodyLength, int Status)
    {
        /// <summary>One line of a recording; <see langword="null"/> for a remark.</summary>
        public static Exchange? Read(JsonElement line)
        {
            var method = line.GetProperty("m").GetString()!;
            if (method == "#")
            {
                return null;
            }

            var target = line.GetProperty("url").GetString()!;
            foreach (var (then, now) in Prefixes)
            {
                target = target.StartsWith(then, StringComparison.Ordinal) ? now + target[then.Length..] : target;
            }

            var head = new StringBuilder($"{method} {target} HTTP/{line.GetProperty("v").GetString()}\r\n");
            foreach (var header in line.GetProperty("h").EnumerateArray())
            {
                head.Append(header.GetString()).Append("\r\n");
            }

            var body = BodyOf(line.GetProperty("head").GetString()!, line.GetProperty("len").GetInt32());
            byte[] request = [.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. body];
            return new Exchange(method, target, request, body.Length, Expected(line, method, target));
        }

        // Documents were recorded whole, as text; artifacts by their first eight bytes, in hex.
        private static byte[] BodyOf(string beginning, int length)
        {
            if (beginning.Length == length)
            {
                return Encoding.UTF8.GetBytes(beginning);
            }

            var body = new byte[length];
            Convert.FromHexString(beginning).CopyTo(body, 0);
            return body;
        }

        private static int Expected(JsonElement line, string method, string target) => method switch
        {
            // 201 and 200 are the same to Gradle.
            "PUT" when target.StartsWith("/cache/", StringComparison.Ordinal) => 200,
            "PROPFIND" => 207,
            // Teams are kept apart here.
            "GET" when target.Contains("/artifacts/5", StringComparison.Ordinal)
                && target.Contains("teamId=", StringComparison.Ordinal) => 404,
            _ => line.GetProperty("code").GetInt32(),
        };
    }
}
