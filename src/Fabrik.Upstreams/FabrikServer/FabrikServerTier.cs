using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Layers;
using Fabrik.Upstreams.Rpc;
using Fabrik.Wire.Protos.Fabrik;
using Fabrik.Wire.Protos.Fabrik.V1;

namespace Fabrik.Upstreams.FabrikServer;

/// <summary>
/// Another Fabrik as a tier (docs/protocols/fabrik.md). It keeps no state but its connections, tries nothing twice, and
/// holds a few chunks of each transfer.
/// </summary>
public sealed class FabrikServerTier : ICacheTier, IProbedTier
{
    private const int DefaultPort = 7070;
    private const int MinChunk = 16 * 1024;

    private readonly GrpcChannel _channel;
    private readonly ServerCalls _calls;
    private readonly BatchQuestion _batches;

    private FabrikServerTier(FabrikServerOptions options, GrpcChannel channel)
    {
        _channel = channel;
        _calls = new ServerCalls(channel.CreateCallInvoker(), options);
        _batches = new BatchQuestion(_calls, options.Channel.TimeProvider);
    }

    /// <inheritdoc/>
    public string Name => _calls.Name;

    /// <summary>Makes the tier; a connection is made when the first call needs one.</summary>
    /// <exception cref="ArgumentException">The address or the chunk size is not what the options ask for.</exception>
    public static FabrikServerTier Create(FabrikServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.ChunkSize is < MinChunk or > FabrikContract.MaxChunk)
        {
            throw new ArgumentException(
                $"a chunk has {MinChunk} to {FabrikContract.MaxChunk} bytes, not {options.ChunkSize}", nameof(options));
        }

        var token = options.Token;
        return new FabrikServerTier(options, GrpcChannel.ForAddress(AddressOf(options.Address), options.Channel with
        {
            TokenProvider = _ => ValueTask.FromResult(token()),
            UnsafeUseInsecureChannelCallCredentials = true,
        }));
    }

    /// <inheritdoc/>
    public async ValueTask<CacheResult<CachedArtifact?>> GetAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        var opened = await Download.OpenAsync(_calls, id, default, cancellationToken);
        if (!opened.TryGet(out var download, out var error) || download is null)
        {
            return error is null ? default(CachedArtifact) : error;
        }

        var artifact = new ServerArtifact(_calls, download);
        if (artifact.IsHere && await download.FinishAsync(cancellationToken) is { } fault)
        {
            await artifact.DisposeAsync();
            return fault;
        }

        return artifact;
    }

    /// <inheritdoc/>
    public async ValueTask<CacheResult<ArtifactInfo?>> StatAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        var request = new ExistsRequest { Hash = id.ToString() };
        var answer = await _calls.CallAsync(FabrikCacheMethods.Exists, request, cancellationToken);
        return !answer.TryGet(out var response, out var error) ? error
            : !response.Exists ? default(ArtifactInfo)
            : ServerDescriptions.Read(id, response) is { } info ? info
            : _calls.Broken("said no digest: it speaks an older protocol than version 1");
    }

    /// <inheritdoc/>
    public ValueTask<CacheResult<Unit>> ContainsAsync(
        ReadOnlyMemory<ArtifactId> ids, Memory<bool> found, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(found.Length, ids.Length, nameof(found));
        return _batches.AskAsync(ids, found, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<CacheResult<PutOutcome>> PutAsync(
        ArtifactId id, PipeReader body, PutOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(options);
        return new Upload(_calls, body, options).RunAsync(id, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<CacheResult<bool>> DeleteAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        var request = new DeleteRequest { Hash = id.ToString() };
        var answer = await _calls.CallAsync(FabrikCacheMethods.Delete, request, cancellationToken);
        return answer.TryGet(out var response, out var error) ? response.Existed : error;
    }

    /// <inheritdoc/>
    public async ValueTask<CacheResult<TierProbe>> ProbeAsync(CancellationToken cancellationToken)
    {
        var request = new HelloRequest { Version = FabrikContract.Version, Client = "fabrik" };
        var answer = await _calls.CallAsync(FabrikCacheMethods.Hello, request, cancellationToken);
        return answer.TryGet(out var hello, out var error)
            ? new TierProbe
            {
                Server = hello.Server,
                Clock = hello.UnixMs > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(hello.UnixMs) : null,
                Permissions = [.. hello.Permissions],
            }
            : error.Kind == CacheErrorKind.Denied
                ? new TierProbe { Refusal = error, Clock = ServerFaults.ClockOf(error) }
                : error;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _channel.Dispose();
        return ValueTask.CompletedTask;
    }

    private static Uri AddressOf(Uri address)
    {
        var scheme = address.Scheme switch
        {
            "grpc" => Uri.UriSchemeHttp,
            "grpcs" => Uri.UriSchemeHttps,
            _ => throw Wrong(),
        };
        return address.Host.Length > 0 && address.AbsolutePath is "" or "/" && address.Query.Length == 0
            && address.UserInfo.Length == 0
                ? new UriBuilder(scheme, address.Host, address.Port < 0 ? DefaultPort : address.Port).Uri
                : throw Wrong();

        ArgumentException Wrong() => new(
            "the address of a Fabrik server is grpc://host:port or grpcs://host:port, without more", nameof(address));
    }
}
