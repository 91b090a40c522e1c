using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Server.Auth;
using Action = Fabrik.Wire.Protos.Bazel.V2.Action;
using Command = Fabrik.Wire.Protos.Bazel.V2.Command;

namespace Fabrik.Server.Adapters.Bazel.Explain;

/// <summary>A result, and where it is.</summary>
internal readonly record struct PlacedResult(string Tenant, string Instance, string Scope, FoundResult Found);

/// <summary>What is stored of an action.</summary>
internal sealed record StoredAction
{
    /// <summary>Its results, wherever anybody looked for one.</summary>
    public required IReadOnlyList<PlacedResult> Results { get; init; }

    /// <summary>The action itself; <see langword="null"/> if it is not there.</summary>
    public Action? Message { get; init; }

    /// <summary>What it runs; <see langword="null"/> if that is not there.</summary>
    public Command? Command { get; init; }

    /// <summary>Who can read its blobs.</summary>
    public CachePrincipal Reader { get; init; } = StoredActions.Reader("", "");
}

/// <summary>Finds what is stored of actions, in the places that a journal knows.</summary>
internal sealed class StoredActions(ServerServices services)
{
    private readonly ActionResults _results = new(services, new BlobSpace(services));
    private readonly StoredMessages _messages = new(services);

    /// <summary>Whoever reads in one scope of a tenant.</summary>
    public static CachePrincipal Reader(string tenant, string scope) => new()
    {
        Subject = "",
        Permissions = Permissions.Read,
        Tenant = tenant,
        WriteScope = scope,
        ReadScopes = [scope],
    };

    /// <summary>Looks where lookups did, and where those do who have no token and name no instance.</summary>
    public async ValueTask<CacheResult<StoredAction>> FindAsync(
        ContentDigest action, IReadOnlyList<ActionLookup> lookups, CancellationToken cancellationToken)
    {
        var places = lookups.Select(static lookup => (lookup.Tenant, lookup.Instance, lookup.Scope))
            .Prepend(("", "", ""))
            .Distinct();
        var results = new List<PlacedResult>();
        foreach (var (tenant, instance, scope) in places)
        {
            var key = new ActionKey(instance, action.ToString());
            var looked = await _results.LookAsync(Reader(tenant, scope), key, scope, cancellationToken);
            if (!looked.TryGet(out var found, out var error))
            {
                return error;
            }

            if (found.Outcome != LookupOutcome.Miss)
            {
                results.Add(new PlacedResult(tenant, instance, scope, found));
            }
        }

        var tenants = lookups.Select(static lookup => lookup.Tenant).Append("").ToHashSet(StringComparer.Ordinal);
        return await AddMessagesAsync(new StoredAction { Results = results }, action, tenants, cancellationToken);
    }

    private async ValueTask<CacheResult<StoredAction>> AddMessagesAsync(
        StoredAction stored, ContentDigest action, HashSet<string> tenants, CancellationToken cancellationToken)
    {
        foreach (var tenant in tenants)
        {
            var reader = Reader(tenant, "");
            var read = await _messages.ReadAsync(reader, action.ToString(), Action.Parser, cancellationToken);
            if (!read.TryGet(out var message, out var error) && error is not null)
            {
                return error;
            }

            if (message is null)
            {
                continue;
            }

            var hash = message.CommandDigest?.Hash;
            var command = await _messages.ReadAsync(reader, hash, Command.Parser, cancellationToken);
            return command.Error is { } failure
                ? failure
                : stored with { Message = message, Command = command.Value, Reader = reader };
        }

        return stored;
    }
}
