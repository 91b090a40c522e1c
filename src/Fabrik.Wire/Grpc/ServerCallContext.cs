namespace Fabrik.Wire.Grpc;

/// <summary>
/// A call as a server's method sees it. The shape is that of the official .NET API, without propagation tokens and
/// without its own idea of authentication: who calls is in <see cref="UserState"/>, put there by the server's door.
/// </summary>
public abstract class ServerCallContext
{
    private Dictionary<object, object>? _userState;

    /// <summary>The path: <c>/service/method</c>.</summary>
    public string Method => MethodCore;

    /// <summary>The authority that the client asked for.</summary>
    public string Host => HostCore;

    /// <summary>The client's address: <c>ipv4:…</c>, <c>ipv6:[…]</c> or <c>unix:…</c>.</summary>
    public string Peer => PeerCore;

    /// <summary>When the client gives up, in UTC; <see cref="DateTime.MaxValue"/> for never.</summary>
    public DateTime Deadline => DeadlineCore;

    /// <summary>What the client sent with the request.</summary>
    public Metadata RequestHeaders => RequestHeadersCore;

    /// <summary>Fires when the client gives up or is gone, and at the deadline.</summary>
    public CancellationToken CancellationToken => CancellationTokenCore;

    /// <summary>What is sent with the status; filled by the method.</summary>
    public Metadata ResponseTrailers => ResponseTrailersCore;

    /// <summary>The status of a method that returns without throwing.</summary>
    public Status Status
    {
        get => StatusCore;
        set => StatusCore = value;
    }

    /// <summary>How responses are written; set before the first.</summary>
    public WriteOptions? WriteOptions
    {
        get => WriteOptionsCore;
        set => WriteOptionsCore = value;
    }

    /// <summary>Whatever belongs to this call.</summary>
    public IDictionary<object, object> UserState => UserStateCore;

    /// <summary>Where <see cref="Method"/> comes from.</summary>
    protected abstract string MethodCore { get; }

    /// <summary>Where <see cref="Host"/> comes from.</summary>
    protected abstract string HostCore { get; }

    /// <summary>Where <see cref="Peer"/> comes from.</summary>
    protected abstract string PeerCore { get; }

    /// <summary>Where <see cref="Deadline"/> comes from.</summary>
    protected abstract DateTime DeadlineCore { get; }

    /// <summary>Where <see cref="RequestHeaders"/> come from.</summary>
    protected abstract Metadata RequestHeadersCore { get; }

    /// <summary>Where <see cref="CancellationToken"/> comes from.</summary>
    protected abstract CancellationToken CancellationTokenCore { get; }

    /// <summary>Where <see cref="ResponseTrailers"/> go.</summary>
    protected abstract Metadata ResponseTrailersCore { get; }

    /// <summary>Where <see cref="Status"/> is kept.</summary>
    protected abstract Status StatusCore { get; set; }

    /// <summary>Where <see cref="WriteOptions"/> are kept.</summary>
    protected abstract WriteOptions? WriteOptionsCore { get; set; }

    /// <summary>Where <see cref="UserState"/> is kept.</summary>
    protected virtual IDictionary<object, object> UserStateCore => _userState ??= [];

    /// <summary>Sends the headers before the first message; at most once.</summary>
    /// <exception cref="InvalidOperationException">The headers have been sent already.</exception>
    public Task WriteResponseHeadersAsync(Metadata responseHeaders) => WriteResponseHeadersAsyncCore(responseHeaders);

    /// <summary>What <see cref="WriteResponseHeadersAsync"/> does.</summary>
    protected abstract Task WriteResponseHeadersAsyncCore(Metadata responseHeaders);
}
