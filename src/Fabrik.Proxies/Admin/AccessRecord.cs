using System.Collections;
using System.Globalization;
using Fabrik.Proxies.Access;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Proxies.Admin;

/// <summary>One request as it is counted and logged: its fields by name. No token is among them.</summary>
internal sealed class AccessRecord(HttpContext http) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private KeyValuePair<string, object?>[]? _fields;

    /// <summary>The bucket; empty for none.</summary>
    public required string Bucket { get; init; }

    /// <summary>Path and query within the bucket, without what is for this proxy.</summary>
    public required string Key { get; init; }

    /// <summary>The cache's part in the answer.</summary>
    public required string Cache { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; set; }

    /// <summary>The status.</summary>
    public int Status => http.Response.StatusCode;

    /// <summary>Bytes of the object that were sent.</summary>
    public long Bytes => Transfer.Of(http);

    /// <inheritdoc/>
    public int Count => Fields.Length;

    /// <inheritdoc/>
    public KeyValuePair<string, object?> this[int index] => Fields[index];

    private string Subject => RequestIdentity.Find(http)?.Subject ?? "";

    private string Client =>
        (RequestIdentity.Find(http)?.Address ?? http.Connection.RemoteIpAddress)?.ToString() ?? "";

    private KeyValuePair<string, object?>[] Fields => _fields ??=
    [
        new("RequestId", http.TraceIdentifier),
        new("Method", http.Request.Method),
        new("Bucket", Bucket),
        new("Key", Key),
        new("Status", Status),
        new("Bytes", Bytes),
        new("DurationMs", Math.Round(Duration.TotalMilliseconds, 3)),
        new("Cache", Cache),
        new("Subject", Subject),
        new("Client", Client),
        new("Aborted", http.RequestAborted.IsCancellationRequested),
    ];

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => Fields.AsEnumerable().GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Word(Client)} {Word(Subject)} {http.Request.Method} {Word(Bucket)} {Word(Key)} {Status} {Bytes} "
            + $"{Math.Round(Duration.TotalMilliseconds, 3)} {Cache}");

    // A line is read by its words: none is empty, and none has a space in it.
    private static string Word(string text) => text.Length == 0 ? "-" : text.Replace(' ', '+');

    IEnumerator IEnumerable.GetEnumerator() => Fields.GetEnumerator();
}
