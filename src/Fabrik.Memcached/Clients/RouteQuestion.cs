using System.Text;
using Fabrik.Memcached.Requests;
using Fabrik.Memcached.Routing;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Clients;

/// <summary>
/// Keys that ask the proxy itself: <c>get __fabrik__.route(get,user:42)</c> says where <c>get user:42</c> would go now,
/// as the loop that answers sees its servers.
/// </summary>
internal static class RouteQuestion
{
    private static ReadOnlySpan<byte> Prefix => "__fabrik__."u8;

    private static ReadOnlySpan<byte> Begin => "__fabrik__.route("u8;

    /// <summary>Whether a request is a question, by <c>get</c> of the text protocol.</summary>
    public static bool IsOne(Request request) =>
        request.Key is [(byte)'_', ..]
        && request.Verb == Verb.Get
        && request.Command.Protocol == MemcachedProtocol.Text
        && request.Key.StartsWith(Prefix);

    /// <summary>The answer, in lines.</summary>
    public static byte[] Answer(ReadOnlySpan<byte> question, IRouter router) =>
        Encoding.UTF8.GetBytes(string.Join('\n', Lines(question, router)));

    private static IReadOnlyList<string> Lines(ReadOnlySpan<byte> question, IRouter router)
    {
        var comma = question.IndexOf((byte)',');
        if (!question.StartsWith(Begin) || comma < 0 || question[^1] != ')' || comma + 2 >= question.Length)
        {
            return ["expected __fabrik__.route(<command>,<key>)"];
        }

        var name = Encoding.UTF8.GetString(question[Begin.Length..comma]);
        if (VerbNames.Find(name) is not { } verb)
        {
            return [$"{name}: expected a command such as get or set"];
        }

        var key = question[(comma + 1)..^1];
        if (router.Find(verb, key) is not { } route)
        {
            return ["no route"];
        }

        return RouteWay.Of(route.Options, route.Destination, key);
    }
}
