using System.Buffers;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Wire.Protos.Fabrik;
using Google.Protobuf;

namespace Fabrik.Server.Adapters.FabrikProtocol;

/// <summary>Finds what callers ask for: in their trust scopes, in their order.</summary>
/// <param name="services">Where.</param>
internal sealed class FabrikLookup(ServerServices services)
{
    /// <summary>Opens the artifact of the first scope that has it; <see langword="null"/> is a miss.</summary>
    public async ValueTask<CachedArtifact?> OpenAsync(FabrikCall call, string hash)
    {
        var tier = services.CacheOf(call.Principal);
        foreach (var scope in call.Principal.ReadScopes)
        {
            var found = await tier.GetAsync(call.IdIn(scope, hash), call.Ended);
            if (!found.TryGet(out var artifact, out var error))
            {
                throw new RequestFault(error);
            }

            if (artifact is not null)
            {
                return artifact;
            }
        }

        return null;
    }

    /// <summary>Describes the artifact of the first scope that has it; <see langword="null"/> is a miss.</summary>
    public async ValueTask<ArtifactInfo?> DescribeAsync(FabrikCall call, string hash)
    {
        foreach (var scope in call.Principal.ReadScopes)
        {
            if (await DescribeAsync(call, hash, scope) is { } info)
            {
                return info;
            }
        }

        return null;
    }

    /// <summary>Describes an artifact of one scope; <see langword="null"/> is a miss.</summary>
    public async ValueTask<ArtifactInfo?> DescribeAsync(FabrikCall call, string hash, string scope)
    {
        var found = await services.CacheOf(call.Principal).StatAsync(call.IdIn(scope, hash), call.Ended);
        return found.TryGet(out var info, out var error) ? info : throw new RequestFault(error);
    }

    /// <summary>
    /// Says of many whether any of the scopes has them, and extends the leases of those: one question to the cache for
    /// each scope.
    /// </summary>
    public async ValueTask<bool[]> ContainsAsync(FabrikCall call, ByteString hashes)
    {
        var count = HashGrammar.CountOf(hashes);
        var found = new bool[count];
        var missing = count;
        var ids = ArrayPool<ArtifactId>.Shared.Rent(count);
        var places = ArrayPool<int>.Shared.Rent(count);
        var answers = ArrayPool<bool>.Shared.Rent(count);
        try
        {
            foreach (var scope in call.Principal.ReadScopes)
            {
                if (missing == 0)
                {
                    break;
                }

                var asked = Collect(call, scope, hashes.Span, found, (ids, places));
                var result = await services.CacheOf(call.Principal).ContainsAsync(
                    ids.AsMemory(0, asked), answers.AsMemory(0, asked), call.Ended);
                if (result.Error is { } error)
                {
                    throw new RequestFault(error);
                }

                for (var i = 0; i < asked; i++)
                {
                    found[places[i]] = answers[i];
                    missing -= answers[i] ? 1 : 0;
                }
            }

            return found;
        }
        finally
        {
            ArrayPool<ArtifactId>.Shared.Return(ids);
            ArrayPool<int>.Shared.Return(places);
            ArrayPool<bool>.Shared.Return(answers);
        }
    }

    private static int Collect(
        FabrikCall call, string scope, ReadOnlySpan<byte> hashes, bool[] found, (ArtifactId[] Ids, int[] Places) into)
    {
        var asked = 0;
        Span<char> hash = stackalloc char[FabrikContract.HashLength * 2];
        for (var i = 0; i < found.Length; i++)
        {
            if (!found[i])
            {
                into.Places[asked] = i;
                Convert.TryToHexStringLower(
                    hashes.Slice(i * FabrikContract.HashLength, FabrikContract.HashLength), hash, out _);
                into.Ids[asked++] = call.IdIn(scope, hash);
            }
        }

        return asked;
    }
}
