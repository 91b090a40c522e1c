using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Fabrik.Memcached.Configuration;
using Fabrik.Memcached.Destinations;

namespace Fabrik.MemcachedTests.Differential;

/// <summary>A pool as nutcracker has it, and as a ring here should have it.</summary>
internal sealed record NutcrackerPool(string Name, string Hash, HashingOptions Hashing, ServerOptions[] Servers)
{
    private const int KeysOfARequest = 50;

    /// <summary>The hashes that nutcracker has.</summary>
    public static readonly (string Name, KeyHashKind Kind)[] Hashes =
    [
        ("one_at_a_time", KeyHashKind.OneAtATime), ("md5", KeyHashKind.Md5), ("crc16", KeyHashKind.Crc16),
        ("crc32", KeyHashKind.Crc32), ("crc32a", KeyHashKind.Crc32A), ("fnv1_64", KeyHashKind.Fnv1X64),
        ("fnv1a_64", KeyHashKind.Fnv1AX64), ("fnv1_32", KeyHashKind.Fnv1X32), ("fnv1a_32", KeyHashKind.Fnv1AX32),
        ("hsieh", KeyHashKind.Hsieh), ("murmur", KeyHashKind.Murmur), ("jenkins", KeyHashKind.Jenkins),
    ];

    /// <summary>Its part of nutcracker's configuration.</summary>
    public string Configure(string folder)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            {Name}:
              listen: {folder}/{Name}.sock 0600
              hash: {Hash}
              distribution: {(Hashing.Ring == RingKind.TwemproxyModula ? "modula" : "ketama")}
              auto_eject_hosts: false

            """);
        if (Hashing.HashTag is { } tag)
        {
            text.Append(CultureInfo.InvariantCulture, $"  hash_tag: \"{tag}\"\n");
        }

        text.Append("  servers:\n");
        foreach (var server in Servers)
        {
            var alias = server.Alias is null ? "" : " " + server.Alias;
            text.Append(CultureInfo.InvariantCulture, $"   - {server}:{server.Weight}{alias}\n");
        }

        return text.ToString();
    }

    /// <summary>Asks nutcracker for keys, and says which of them it has elsewhere than the ring.</summary>
    public async Task<List<string>> CompareAsync(string folder, IEnumerable<string> keys)
    {
        var ring = Rings.Create(Hashing, Servers);
        var choice = new KeyChoice(Hashing);
        var path = Path.Combine(folder, $"{Name}.sock");
        using var socket = await ServerProcess.ConnectAsync(new UnixDomainSocketEndPoint(path));
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var different = new List<string>();
        foreach (var some in keys.Chunk(KeysOfARequest))
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"get {string.Join(' ', some)}\r\n"));
            var answered = 0;
            while (await reader.ReadLineAsync() is { } line && line != "END")
            {
                var key = line.Split(' ')[1];
                var number = int.Parse(await reader.ReadLineAsync() ?? "", CultureInfo.InvariantCulture);
                var found = choice.Find(ring, Encoding.UTF8.GetBytes(key)).Member;
                answered++;
                if (found != number)
                {
                    different.Add($"{Name}: {key} is of {number}, not {found}");
                }
            }

            if (answered != some.Length)
            {
                different.Add($"{Name}: {answered} of {some.Length} keys were answered");
            }
        }

        return different;
    }
}
