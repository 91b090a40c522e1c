using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Fabrik.Cache;
using Fabrik.Cache.Resilience.Breaking;
using Fabrik.Proxies.Telemetry;
using Fabrik.Wire.Http;
using Fabrik.Wire.Http.Caching;

namespace Fabrik.Proxies.Origins;

/// <summary>One place where a bucket can be had: a pool of connections, and whether it works.</summary>
internal sealed class Replica : IDisposable
{
    private readonly HttpMessageInvoker _link;
    private readonly IReplicaProtocol _protocol;
    private readonly CircuitBreaker _breaker;
    private readonly OriginOptions _origin;
    private readonly TimeSpan _answerTimeout;
    private BreakerPermit _last;
    private volatile bool _isHealthy = true;
    private long _requests;
    private long _failures;

    /// <summary>A replica that nobody has asked yet.</summary>
    public Replica(OriginOptions origin, ReplicaOptions options, OriginServices services)
    {
        _origin = origin;
        _answerTimeout = options.AnswerTimeout ?? origin.AnswerTimeout;
        Name = options.Name;
        Time = services.Time;
        _link = Open(origin, options);
        _protocol = options.S3 is { } s3
            ? new S3ReplicaProtocol(options.Url, s3, services.Keys, services.Time)
            : new HttpReplicaProtocol(options, origin.ViaName);
        var breaker = new BreakerOptions
        {
            Name = options.Name,
            Failures = Math.Max(1, origin.BreakerFailures),
            Pause = origin.BreakerPause,
            ProbeLease = _answerTimeout * 2,
        };
        _breaker = new CircuitBreaker(
            breaker, services.Time, services.Jitter, change => services.Log.BreakerChanged(origin.Name, Name, change));
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>The longest that a body may be silent.</summary>
    public TimeSpan IdleTimeout => _origin.IdleTimeout;

    /// <summary>Whether the last look at its health found it well, and its breaker is closed.</summary>
    public bool IsHealthy => _isHealthy && _breaker.Phase.State == BreakerState.Closed;

    /// <summary>Requests that it was sent.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Requests that it failed, with bodies that broke off.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>The state of its breaker.</summary>
    public BreakerState Breaker => _breaker.Phase.State;

    /// <summary>Sends a request, unless the replica is left alone.</summary>
    public async ValueTask<OriginResult<OriginResponse>> SendAsync(
        OriginRequest request, CancellationToken cancellationToken)
    {
        if (_breaker.Enter(out var permit) is { } refusal)
        {
            return new OriginFault(OriginFaultKind.LeftAlone, refusal.Message);
        }

        _last = permit;
        Interlocked.Increment(ref _requests);
        using var span = OriginTraces.Start(_origin.Name, Name, request.Method);
        try
        {
            var result = await AskAsync(request, cancellationToken);
            var fault = result.TryGet(out var response, out var failure) ? response.Fault : failure;
            OriginTraces.End(span, response?.Status, fault);
            Report(permit, fault);
            return result;
        }
        catch (OperationCanceledException)
        {
            _breaker.Left(permit);
            throw;
        }
    }

    /// <summary>A body failed after its head had come.</summary>
    public OriginFault Failed(OriginFault fault)
    {
        Report(_last, fault);
        return fault;
    }

    /// <summary>Looks at its health.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var request = new OriginRequest { Method = "HEAD", Target = _origin.HealthTarget };
        var result = await AskAsync(request, cancellationToken);
        if (result.TryGet(out var response, out _))
        {
            await response.DisposeAsync();
        }

        _isHealthy = response is { Status: < 500 };
    }

    /// <inheritdoc/>
    public void Dispose() => _link.Dispose();

    private async ValueTask<OriginResult<OriginResponse>> AskAsync(
        OriginRequest request, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(_answerTimeout, Time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var requestedAt = Time.GetUtcNow();
            using var message = await _protocol.ToMessageAsync(request, end.Token);
            var response = await _link.SendAsync(message, end.Token);
            message.Content = null;
            var receivedAt = Time.GetUtcNow();
            var code = await _protocol.ReadErrorAsync(response, end.Token);
            var stream = code is null ? await response.Content.ReadAsStreamAsync(end.Token) : Stream.Null;
            return new OriginResponse(new HttpOriginBody(response, stream, this))
            {
                Status = (int)response.StatusCode,
                Headers = HeadersOf(response),
                Length = code is null ? response.Content.Headers.ContentLength : 0,
                RequestedAt = requestedAt,
                ReceivedAt = receivedAt,
                Replica = Name,
                ErrorCode = code,
                Fault = StatusFaults.Of(Name, response, code),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new OriginFault(OriginFaultKind.Timeout, $"{Name} did not answer within {_answerTimeout}");
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return StatusFaults.Thrown(Name, error);
        }
    }

    private static List<HeaderField> HeadersOf(HttpResponseMessage response)
    {
        List<HeaderField> all = [];
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            foreach (var value in values)
            {
                all.Add(new HeaderField(name, value));
            }
        }

        var named = all.Joined("Connection")?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        all.RemoveAll(field => StoredFields.IsHopByHop(field.Name)
            || named.Contains(field.Name, StringComparer.OrdinalIgnoreCase));
        return all;
    }

    private void Report(BreakerPermit permit, OriginFault? fault)
    {
        // What it says to one request is another matter than whether it works.
        var isAnswer = fault?.Kind is null or OriginFaultKind.Changed or OriginFaultKind.BadCredentials
            || (fault.Status is not null && !_origin.RetriesStatuses);
        if (fault is null || isAnswer)
        {
            _breaker.Succeeded(permit);
            return;
        }

        Interlocked.Increment(ref _failures);
        var kind = fault.Kind == OriginFaultKind.Timeout ? CacheErrorKind.Timeout : CacheErrorKind.Unavailable;
        _breaker.Failed(
            permit,
            new CacheError(kind, CacheErrorSource.Upstream, fault.Message) { RetryAfter = fault.RetryAfter });
    }

    private static HttpMessageInvoker Open(OriginOptions origin, ReplicaOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            PreAuthenticate = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = origin.ConnectTimeout,
            PooledConnectionLifetime = origin.ConnectionLifetime,
            MaxConnectionsPerServer = origin.MaxConnections,
            // The bytes of headers are the origin's business: one byte is one character, both ways.
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        };
        if (options.Authorities is { } authorities)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.AddRange(authorities);
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }

        return new HttpMessageInvoker(handler, disposeHandler: true);
    }
}
