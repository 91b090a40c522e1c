using System.Collections.Frozen;
using Fabrik.Server.Adapters.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Fabrik.Server.Adapters.Bazel.Http;

/// <summary>
/// The name of an instance stands in front of the path, in any number of segments: <c>/my/instance/ac/{hash}</c>. It
/// becomes the request's base before routing. A route could only take it as a catch-all, which comes last; and a
/// catch-all answers for every path that nobody has, and every method that another route does not take.
/// </summary>
public static class BazelInstances
{
    private const string Actions = "ac";
    private const string Blobs = "cas";

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Taken =
        HttpAdapter.Prefixes.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Takes the instance off the path; to come before routing.</summary>
    public static IApplicationBuilder UseBazelInstances(this IApplicationBuilder application)
    {
        ArgumentNullException.ThrowIfNull(application);
        return application.Use(static (context, next) =>
        {
            TakeOff(context.Request);
            return next(context);
        });
    }

    /// <summary>The name that was taken off a request; empty for none.</summary>
    internal static string Of(HttpRequest request) => request.PathBase.Value is { } value ? value.Trim('/') : "";

    /// <summary>How much of a path is an instance: 0 for none, or if it is not Bazel's.</summary>
    internal static int LengthIn(ReadOnlySpan<char> path)
    {
        var hash = path.LastIndexOf('/');
        var kind = hash < 0 ? -1 : path[..hash].LastIndexOf('/');
        if (kind <= 0 || path[(kind + 1)..hash] is not (Actions or Blobs))
        {
            return 0;
        }

        var name = path[1..kind];
        var end = name.IndexOf('/');
        return Taken.Contains(end < 0 ? name : name[..end]) ? 0 : kind;
    }

    private static void TakeOff(HttpRequest request)
    {
        if (request.Path.Value is { } path && LengthIn(path) is > 0 and var length)
        {
            request.PathBase = request.PathBase.Add(path[..length]);
            request.Path = path[length..];
        }
    }
}
