namespace Fabrik.ProtocolTests.Serving;

/// <summary>An answer as it came over the wire.</summary>
/// <param name="Head">The status line and the headers.</param>
/// <param name="Body">What <c>Content-Length</c> announced.</param>
internal sealed record RawAnswer(string Head, string Body)
{
    /// <summary>The number in the status line.</summary>
    public int Status => int.Parse(Head.AsSpan("HTTP/1.1 ".Length, 3), provider: null);

    /// <summary>Whether the server goes on with the connection.</summary>
    public bool Closes => string.Equals(Find("Connection"), "close", StringComparison.OrdinalIgnoreCase);

    /// <summary>The value of a header, or <see langword="null"/>.</summary>
    public string? Find(string name) => Head.Split("\r\n")
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim())
        .FirstOrDefault();
}
