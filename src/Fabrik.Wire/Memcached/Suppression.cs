namespace Fabrik.Wire.Memcached;

/// <summary>What a client that sends a command quietly is not told.</summary>
public static class Suppression
{
    /// <summary>Whether an answer is left out.</summary>
    /// <param name="command">What was asked.</param>
    /// <param name="kind">What the answer says.</param>
    /// <remarks>
    /// By <c>noreply</c> everything is left out, errors too; by the meta flag <c>q</c> what a client expects (<c>EN</c>
    /// of a retrieval, <c>HD</c> of a change, and the number that <c>ma</c> led to); by a quiet opcode the miss of a
    /// retrieval and the success of a change.
    /// </remarks>
    public static bool IsSuppressed(in Command command, ReplyKind kind)
    {
        if (!command.IsQuiet)
        {
            return false;
        }

        if (command.Protocol == MemcachedProtocol.Binary)
        {
            return kind == (command.Verb is Verb.Get or Verb.Gat ? ReplyKind.Miss : ReplyKind.Done);
        }

        return command.Verb switch
        {
            Verb.MetaGet => kind == ReplyKind.Miss,
            Verb.MetaSet or Verb.MetaDelete => kind == ReplyKind.Done,
            Verb.MetaArithmetic => kind is ReplyKind.Done or ReplyKind.Hit,
            _ => true,
        };
    }
}
