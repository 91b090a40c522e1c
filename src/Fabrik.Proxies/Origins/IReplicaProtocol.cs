namespace Fabrik.Proxies.Origins;

/// <summary>How requests are put to a kind of server: an S3 endpoint, or any HTTP server.</summary>
internal interface IReplicaProtocol
{
    /// <summary>The message for a request, complete and, where that is the custom, signed.</summary>
    ValueTask<HttpRequestMessage> ToMessageAsync(OriginRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// The code of an error that is answered in the server's own way, reading what it needs of the body; null where
    /// the answer stays as it is.
    /// </summary>
    ValueTask<string?> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken);
}
