using System.Buffers.Binary;
using System.Security.Cryptography;
using Fabrik.Wire.Memcached.Hashing;
using Xunit;

namespace Fabrik.MemcachedTests.Wire.Hashing;

public sealed class Md5HashTests
{
    [Fact]
    public void Compute_OfEveryLength_IsTheBeginningOfTheSystemsDigest()
    {
        byte[] bytes = [.. Enumerable.Range(0, 300).Select(static i => (byte)((i * 131) + 7))];
        for (var length = 0; length <= bytes.Length; length++)
        {
            var key = bytes.AsSpan(0, length);
#pragma warning disable CA5351 // It is what is compared with.
            var digest = MD5.HashData(key);
#pragma warning restore CA5351

            Assert.Equal(BinaryPrimitives.ReadUInt32LittleEndian(digest), Md5Hash.Compute(key));
        }
    }
}
