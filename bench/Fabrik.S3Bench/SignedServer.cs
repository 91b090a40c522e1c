using Fabrik.Measuring;

namespace Fabrik.S3Bench;

/// <summary>Who is asked, and with which key.</summary>
/// <param name="Server">The server; its address ends with the bucket.</param>
/// <param name="AccessKey">The key's public half.</param>
/// <param name="Secret">Its secret half.</param>
internal sealed record SignedServer(Server Server, string AccessKey, string Secret)
{
    /// <summary>Reads <c>ACCESS_KEY,SECRET,NAME,URL,PID[,METRICS]</c>; null when it is something else.</summary>
    public static SignedServer? Read(string text) =>
        text.Split(',', 3) is [{ Length: > 0 } accessKey, { Length: > 0 } secret, var rest]
        && Server.Read(rest) is { IsRpc: false } server
            ? new SignedServer(server, accessKey, secret)
            : null;
}
