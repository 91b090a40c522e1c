using System.Globalization;

namespace Fabrik.EndToEndTests.Lifecycle;

/// <summary>Bytes that follow from a number, so that whoever knows the number can check them.</summary>
internal sealed record Artifact(int Seed)
{
    // One that is kept inside the index, one just as a file, one of several pieces.
    private static readonly int[] Sizes = [700, 70_000, 400_000];

    /// <summary>Its path at the Gradle door.</summary>
    public string Path => "/cache/" + Seed.ToString("x32", CultureInfo.InvariantCulture);

    public byte[] Content()
    {
        var bytes = new byte[Sizes[Seed % Sizes.Length]];
        new Random(Seed).NextBytes(bytes);
        return bytes;
    }
}
