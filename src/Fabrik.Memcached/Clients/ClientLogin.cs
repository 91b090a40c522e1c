using System.Security.Cryptography;
using System.Text;
using Fabrik.Memcached.Configuration;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Clients;

/// <summary>
/// A client shows who it is: by SASL PLAIN in the binary protocol, by a first <c>set</c> whose value is user and
/// password in the text protocol, as memcached has it.
/// </summary>
internal sealed class ClientLogin(MemcachedCredentials credentials)
{
    /// <summary>What is read of clients that have not: nobody takes memory who has no password.</summary>
    public static readonly ReaderLimits Limits = new() { MaxValueLength = 4096, MaxRetrievalLineLength = 2048 };

    /// <summary>Whether it has shown that.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Answers a command of a client that has not.</summary>
    public byte[] Answer(ReadOnlySpan<byte> message, in Command command)
    {
        var value = command.ValueLength < 0 ? default : message.Slice(command.HeadLength, command.ValueLength);
        return command.Protocol == MemcachedProtocol.Text
            ? AnswerLine(value, in command)
            : AnswerPacket(message, value, in command);
    }

    private byte[] AnswerLine(ReadOnlySpan<byte> value, in Command command)
    {
        if (command.Verb != Verb.Set)
        {
            return ProxyReplies.Unauthenticated.ToArray();
        }

        var space = value.IndexOf((byte)' ');
        IsDone = space >= 0 && AreRight(value[..space], value[(space + 1)..]);
        return IsDone ? "STORED\r\n"u8.ToArray() : ProxyReplies.BadCredentials.ToArray();
    }

    private byte[] AnswerPacket(ReadOnlySpan<byte> message, ReadOnlySpan<byte> value, in Command command)
    {
        switch (command.Verb)
        {
            case Verb.SaslList:
                return ProxyReplies.Packet(in command, BinaryStatus.Success, "PLAIN"u8);
            case Verb.Version or Verb.Noop:
                return LocalCommands.Answer(message, in command, NoAdmin.Instance);
            case Verb.SaslAuth when message.Slice(command.KeyOffset, command.KeyLength).SequenceEqual("PLAIN"u8):
                IsDone = SaslPlainCredentials.TryRead(value, out var user, out var password)
                    && AreRight(value[user], value[password]);
                break;
        }

        return IsDone
            ? ProxyReplies.Packet(in command, BinaryStatus.Success, "Authenticated"u8)
            : ProxyReplies.Packet(in command, BinaryStatus.AuthenticationError, "Auth failure"u8);
    }

    private bool AreRight(ReadOnlySpan<byte> user, ReadOnlySpan<byte> password) =>
        AreSame(user, credentials.User) & AreSame(password, credentials.Password);

    private static bool AreSame(ReadOnlySpan<byte> shown, string expected)
    {
        // Hashes are of one length, so that the time tells nothing, not even how long it is.
        Span<byte> left = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> right = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(shown, left);
        SHA256.HashData(Encoding.UTF8.GetBytes(expected), right);
        return CryptographicOperations.FixedTimeEquals(left, right);
    }

    private sealed class NoAdmin : IAdminCommands
    {
        public static readonly NoAdmin Instance = new();

        public byte[]? Stats(ReadOnlySpan<byte> topic, MemcachedProtocol protocol, uint opaque) => null;
    }
}
