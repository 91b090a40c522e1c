using System.Net;
using Fabrik.EndToEndTests.Processes;

namespace Fabrik.EndToEndTests.Product;

/// <summary>Whether a server or daemon says that it takes requests.</summary>
internal static class Readiness
{
    /// <summary>Asks; one that does not answer is not ready.</summary>
    public static async Task<bool> AskAsync(string host, ServerPorts ports)
    {
        using var http = new HttpClient { Timeout = Poll.Limit };
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://{host}:{ports.Health}/ready"));
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Waits until it says that it takes no more requests, or does not answer any more.</summary>
    public static Task EndsAsync(ServerPorts ports) =>
        Poll.UntilAsync(async () => !await AskAsync("127.0.0.1", ports), () => "it still says that it is ready");
}
