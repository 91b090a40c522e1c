using System.Buffers.Binary;

namespace Fabrik.Wire.Memcached.Hashing;

/// <summary>XXH3 of more than 240 bytes: eight sums over stripes of 64 bytes.</summary>
internal static class XxHash3Stripes
{
    private const int Stripe = 64;
    private const int SecretStep = 8;
    private const int Lanes = 8;

    private const uint Prime32A = 0x9E3779B1;
    private const uint Prime32B = 0x85EBCA77;
    private const uint Prime32C = 0xC2B2AE3D;
    private const ulong Prime64D = 0x85EBCA77C2B2AE63;
    private const ulong Prime64E = 0x27D4EB2F165667C5;

    public static ulong Compute(ReadOnlySpan<byte> key)
    {
        Span<ulong> sums =
        [
            Prime32C, XxHash3.Prime64A, XxHash3.Prime64B, XxHash3.Prime64C, Prime64D, Prime32B, Prime64E, Prime32A,
        ];
        var secret = XxHash3.Secret;
        var stripesOfBlock = (secret.Length - Stripe) / SecretStep;
        var stripes = (key.Length - 1) / Stripe;
        for (var i = 0; i < stripes; i++)
        {
            var ofBlock = i % stripesOfBlock;
            Add(sums, key[(i * Stripe)..], secret[(ofBlock * SecretStep)..]);
            if (ofBlock == stripesOfBlock - 1)
            {
                Scramble(sums, secret[^Stripe..]);
            }
        }

        Add(sums, key[^Stripe..], secret[(secret.Length - Stripe - 7)..]);
        return Merge(sums, secret[11..], (ulong)key.Length * XxHash3.Prime64A);
    }

    private static void Add(Span<ulong> sums, ReadOnlySpan<byte> stripe, ReadOnlySpan<byte> secret)
    {
        for (var lane = 0; lane < Lanes; lane++)
        {
            var value = BinaryPrimitives.ReadUInt64LittleEndian(stripe[(8 * lane)..]);
            var mixed = value ^ XxHash3.Word(secret, 8 * lane);
            sums[lane ^ 1] += value;
            sums[lane] += (uint)mixed * (mixed >> 32);
        }
    }

    private static void Scramble(Span<ulong> sums, ReadOnlySpan<byte> secret)
    {
        for (var lane = 0; lane < Lanes; lane++)
        {
            var sum = sums[lane];
            sum ^= sum >> 47;
            sum ^= XxHash3.Word(secret, 8 * lane);
            sums[lane] = sum * Prime32A;
        }
    }

    private static ulong Merge(ReadOnlySpan<ulong> sums, ReadOnlySpan<byte> secret, ulong start)
    {
        var hash = start;
        for (var i = 0; i < Lanes; i += 2)
        {
            hash += XxHash3.Fold(
                sums[i] ^ XxHash3.Word(secret, 8 * i), sums[i + 1] ^ XxHash3.Word(secret, 8 * (i + 1)));
        }

        return XxHash3.Finish(hash);
    }
}
