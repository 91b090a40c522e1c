using Fabrik.Memcached.Buffers;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Clients;

/// <summary>Does what clients ask: sends it where its route says, or answers for the proxy itself.</summary>
internal sealed class CommandExecutor(ClientScope scope)
{
    /// <summary>Executes a command that is whole.</summary>
    /// <param name="client">Whose it is.</param>
    /// <param name="block">Where its bytes are.</param>
    /// <param name="offset">Where they begin.</param>
    /// <param name="command">What it is.</param>
    public void Execute(ClientConnection client, Block block, int offset, in Command command)
    {
        switch (command.Verb)
        {
            case Verb.Get or Verb.Gets or Verb.Gat or Verb.Gats when command.Protocol == MemcachedProtocol.Text:
                ExecuteRetrieval(client, block, offset, in command);
                break;
            case Verb.FlushAll when scope.FlushAll is { } destination:
                Send(client, destination, Fill(block, offset, in command));
                break;
            case Verb.Stats when IsForServer(block.Bytes.AsSpan(offset, command.Length), in command):
                Send(client, scope.OnlyServer!, Fill(block, offset, in command));
                break;
            case >= Verb.Noop:
                ExecuteLocally(client, block.Bytes.AsSpan(offset, command.Length), in command);
                break;
            default:
                var request = Fill(block, offset, in command);
                Ask(client.Append(request), scope.Router.Find(request));
                break;
        }
    }

    /// <summary>Deletes what a value that is refused for its size would have replaced.</summary>
    /// <param name="client">Whose it is.</param>
    /// <param name="block">Where the bytes of the command are.</param>
    /// <param name="offset">Where they begin.</param>
    /// <param name="command">The command; of its value nothing need be there.</param>
    /// <param name="answer">What the client is told when that is done.</param>
    public void DeleteStale(ClientConnection client, Block block, int offset, in Command command, byte[] answer)
    {
        var refused = Fill(block, offset, in command);
        var route = scope.Router.Find(refused);
        var slot = client.Append(StaleValue.Delete(scope.Loop, refused));
        refused.Release();
        slot.Instead = answer;
        Ask(slot, route);
    }

    private static void Send(ClientConnection client, Destination destination, Request request) =>
        client.Append(request).Await(destination.SendAsync(request));

    private bool IsForServer(ReadOnlySpan<byte> line, in Command command) =>
        scope.OnlyServer is not null
        && command.Protocol == MemcachedProtocol.Text
        && scope.Admin.Stats(line.Slice(command.KeyOffset, command.KeyLength), command.Protocol, 0) is null;

    private void ExecuteLocally(ClientConnection client, ReadOnlySpan<byte> message, in Command command)
    {
        var bytes = LocalCommands.Answer(message, in command, scope.Admin);
        if (bytes.Length > 0)
        {
            client.AnswerSelf(bytes);
        }

        if (command.Verb == Verb.Quit)
        {
            client.End();
        }
    }

    private void ExecuteRetrieval(ClientConnection client, Block block, int offset, in Command command)
    {
        if (command.KeyCount == 1)
        {
            var request = Fill(block, offset, in command);
            var slot = client.Append(request);
            slot.Join(null, isLast: true);
            Ask(slot, scope.Router.Find(request));
            return;
        }

        var retrieval = scope.Slots.RentRetrieval();
        var keys = new KeyEnumerator(block.Bytes.AsSpan(offset, command.Length), in command);
        for (var i = 0; i < command.KeyCount && keys.MoveNext() && !client.IsClosed; i++)
        {
            var request = Fill(block, offset, in command, keys.Offset, keys.Length);
            var route = scope.Router.Find(request);
            if (i == 0)
            {
                var isStrict = command.Verb is Verb.Gets or Verb.Gats
                    || route is { PartialFailure: PartialFailure.Error };
                retrieval.Begin(command.KeyCount, isStrict);
            }

            var slot = client.Append(request);
            slot.Join(retrieval, i == command.KeyCount - 1);
            Ask(slot, route);
        }
    }

    private Request Fill(Block block, int offset, in Command command) =>
        Fill(block, offset, in command, command.KeyOffset, command.KeyLength);

    private Request Fill(Block block, int offset, in Command command, int keyOffset, int keyLength)
    {
        var request = scope.Loop.Requests.Rent();
        request.Fill(block, offset, in command, offset + keyOffset, keyLength);
        if (command.HasEncodedKey)
        {
            request.DecodeKey();
        }

        return request;
    }

    private void Ask(ClientSlot slot, Route? route)
    {
        var request = slot.Request!;
        if (RouteQuestion.IsOne(request))
        {
            slot.Finish(LocalCommands.Value(request, RouteQuestion.Answer(request.Key, scope.Router)));
        }
        else if (route is not null)
        {
            route.Counters.Requests++;
            slot.Count(route, scope.Loop);
            slot.Effects = route.Effects;
            slot.Await(route.Destination.SendAsync(request));
        }
        else
        {
            slot.Finish(in ProxyReplies.NoRoute);
        }
    }
}
