using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Server.Auth;
using Fabrik.Server.Rpc.Chunks;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Chunks;
using Fabrik.Wire.Protos.Fabrik;
using Fabrik.Wire.Protos.Fabrik.V1;
using Google.Protobuf;

namespace Fabrik.Server.Adapters.FabrikProtocol;

/// <summary>Takes Put: into the scope that the caller writes to.</summary>
internal sealed class FabrikWrites(ServerServices services, FabrikLookup lookup)
{
    /// <summary>The tool of an entry whose writer did not say.</summary>
    private const string UnknownTool = FabrikContract.Namespace;

    /// <summary>How much of a key is kept for people; see <see cref="ArtifactMetadata.Key"/>.</summary>
    private const int MaxKeyShown = 256;

    /// <summary>The longest name of a tool, which labels statistics.</summary>
    private const int MaxTool = 64;

    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(3650);

    /// <summary>Stores what a stream brings.</summary>
    public async Task<PutResponse> PutAsync(
        IAsyncStreamReader<ChunkMessage<PutRequest>> stream, FabrikCall call)
    {
        if (!await stream.MoveNext(call.Ended))
        {
            throw HashGrammar.Invalid("a Put has at least one message");
        }

        var header = stream.Current.Header;
        using var body = new ChunkReader<PutRequest>(
            stream, stream.Current, new PutRules(header is { HasSizeBytes: true } ? header.SizeBytes : null));
        if (header is null)
        {
            throw HashGrammar.Invalid("the first message of a Put must have a hash");
        }

        var hash = HashGrammar.Hash(header.Hash);
        var options = OptionsOf(header, call.Principal);
        if (await FindReasonNotToReadAsync(call, hash, options) is { } answer)
        {
            return answer;
        }

        try
        {
            return await StoreAsync(call, hash, body, options);
        }
        finally
        {
            services.Metrics.ReceivedBytes(body.Received);
        }
    }

    private async ValueTask<PutResponse> StoreAsync(
        FabrikCall call, string hash, ChunkReader<PutRequest> body, PutOptions options)
    {
        var result = await services.CacheOf(call.Principal).PutAsync(
            call.IdIn(call.Principal.WriteScope, hash), body, options, call.Ended);
        if (!result.TryGet(out var outcome, out var error))
        {
            throw new RequestFault(body.Fault ?? error);
        }

        if (outcome != PutOutcome.Kept && options.ExpectedDigest is { } digest)
        {
            return Answer(outcome, options.ExpectedSize ?? body.Received, digest);
        }

        // What is there was not announced: the store knows its digest.
        var info = await lookup.DescribeAsync(call, hash, call.Principal.WriteScope);
        return Answer(outcome, info?.Size ?? body.Received, info?.Digest);
    }

    /// <summary>Says without the bytes what would become of them, where that is certain.</summary>
    private async ValueTask<PutResponse?> FindReasonNotToReadAsync(FabrikCall call, string hash, PutOptions options)
    {
        var scope = call.Principal.WriteScope;
        if (options.ExpectedDigest is not { } digest
            || await lookup.DescribeAsync(call, hash, scope) is not { } info)
        {
            return null;
        }

        if (info.Digest != digest)
        {
            return options.Overwrite ? null : Answer(PutOutcome.Kept, info.Size, info.Digest);
        }

        // An entry with an end is written again, so that its life is extended. Any other one is only promised anew,
        // if it is still there.
        return info.ExpiresAt is null
            && info.Size == (options.ExpectedSize ?? info.Size)
            && await PromiseAsync(call, hash)
            ? Answer(PutOutcome.Identical, info.Size, info.Digest)
            : null;
    }

    private async ValueTask<bool> PromiseAsync(FabrikCall call, string hash)
    {
        var found = new bool[1];
        var result = await services.CacheOf(call.Principal).ContainsAsync(
            new[] { call.IdIn(call.Principal.WriteScope, hash) }, found, call.Ended);
        return result.Error is null && found[0];
    }

    private PutOptions OptionsOf(PutRequest header, CachePrincipal principal)
    {
        long? size = header.HasSizeBytes ? header.SizeBytes : null;
        if (size < 0 || header.TtlMs < 0 || header.TtlMs > LongestLife.TotalMilliseconds)
        {
            throw HashGrammar.Invalid(
                $"size_bytes must not be negative, and ttl_ms must be 0 to {LongestLife.TotalMilliseconds:0}");
        }

        var limit = services.Options.MaxArtifactSize;
        if (size > limit)
        {
            throw new RequestFault(CacheError.Client(
                CacheErrorKind.TooLarge, $"the artifact is larger than {limit} bytes"));
        }

        return new PutOptions
        {
            Metadata = MetadataOf(header),
            ExpectedSize = size,
            ExpectedDigest = HashGrammar.Digest(header.Digest),
            MaxSize = limit,
            Overwrite = header.Overwrite && principal.May(Permissions.Overwrite),
            TimeToLive = header.TtlMs == 0 ? null : TimeSpan.FromMilliseconds(header.TtlMs),
        };
    }

    private static ArtifactMetadata MetadataOf(PutRequest header)
    {
        if (!EntryMetadata.TryRead(header.Metadata, out var said))
        {
            throw HashGrammar.Invalid(
                $"metadata has at most {FabrikContract.MaxMetadataEntries} entries and "
                + $"{FabrikContract.MaxMetadataLength} characters");
        }

        return new ArtifactMetadata
        {
            Tool = said.Tool is { Length: > 0 and <= MaxTool } tool ? tool : UnknownTool,
            Key = said.Key.Length <= MaxKeyShown ? said.Key : said.Key[..MaxKeyShown],
            Properties = said.Properties,
        };
    }

    private static PutResponse Answer(PutOutcome outcome, long size, ContentDigest? digest) => new()
    {
        Success = outcome != PutOutcome.Kept,
        SizeBytes = size,
        Outcome = outcome switch
        {
            PutOutcome.Stored => PutResponse.Types.Outcome.Stored,
            PutOutcome.Identical => PutResponse.Types.Outcome.Identical,
            _ => PutResponse.Types.Outcome.Kept,
        },
        Digest = digest is { } known ? ByteString.CopyFrom(known.Bytes) : ByteString.Empty,
    };
}
