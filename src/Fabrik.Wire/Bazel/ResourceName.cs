namespace Fabrik.Wire.Bazel;

/// <summary>
/// What a ByteStream call is about: a blob of an instance, to be read or to be written. The syntax is that of
/// <c>ContentAddressableStorage</c> in the Remote Execution API 2.12. Metadata behind a name is dropped.
/// </summary>
public readonly record struct ResourceName
{
    /// <summary>UTF-16 units of a whole name, with metadata.</summary>
    public const int MaxLength = 4096;

    /// <summary>Characters of an <see cref="UploadId"/>.</summary>
    public const int MaxUploadIdLength = 64;

    internal const string Uploads = "uploads";
    internal const string Blobs = "blobs";
    internal const string CompressedBlobs = "compressed-blobs";
    internal const string Zstd = "zstd";

    private readonly string? _instance;

    internal ResourceName(string instance, string? uploadId, BlobCoding coding, BlobDigest digest) =>
        (_instance, UploadId, Coding, Digest) = (instance, uploadId, coding, digest);

    /// <summary>The instance; see <see cref="InstanceName"/>.</summary>
    public string Instance => _instance ?? "";

    /// <summary>
    /// What the client tells apart its uploads of one blob by, mostly a UUID; <see langword="null"/> for a read.
    /// </summary>
    public string? UploadId { get; }

    /// <summary>How the bytes travel.</summary>
    public BlobCoding Coding { get; }

    /// <summary>The blob, as it is without its coding.</summary>
    public BlobDigest Digest { get; }

    /// <summary>The name to read a blob by.</summary>
    /// <exception cref="ArgumentException">No instance has the name.</exception>
    public static ResourceName ForRead(string instance, BlobDigest digest, BlobCoding coding = BlobCoding.Identity) =>
        InstanceName.IsValid(instance, out var error)
            ? new(instance, null, coding, digest)
            : throw new ArgumentException(error, nameof(instance));

    /// <summary>The name to write a blob by.</summary>
    /// <exception cref="ArgumentException">No instance, or no upload, has the name.</exception>
    public static ResourceName ForWrite(
        string instance, string uploadId, BlobDigest digest, BlobCoding coding = BlobCoding.Identity)
    {
        if (!InstanceName.IsValid(instance, out var error))
        {
            throw new ArgumentException(error, nameof(instance));
        }

        return IsUploadId(uploadId)
            ? new(instance, uploadId, coding, digest)
            : throw new ArgumentException($"expected 1 to {MaxUploadIdLength} visible characters", nameof(uploadId));
    }

    /// <summary>Reads the name of a <c>Read</c>; the error says what is wrong with it.</summary>
    public static bool TryParseRead(string name, out ResourceName resource, out string error) =>
        ResourceNameParser.TryParse(name, isWrite: false, out resource, out error);

    /// <summary>
    /// Reads the name of a <c>Write</c> or a <c>QueryWriteStatus</c>; the error says what is wrong with it.
    /// </summary>
    public static bool TryParseWrite(string name, out ResourceName resource, out string error) =>
        ResourceNameParser.TryParse(name, isWrite: true, out resource, out error);

    /// <summary>The name, without metadata.</summary>
    public override string ToString()
    {
        var instance = Instance.Length == 0 ? "" : $"{Instance}/";
        var upload = UploadId is null ? "" : $"{Uploads}/{UploadId}/";
        var coding = Coding == BlobCoding.Zstd ? $"{CompressedBlobs}/{Zstd}" : Blobs;
        return $"{instance}{upload}{coding}/{Digest}";
    }

    internal static bool IsUploadId(ReadOnlySpan<char> id) =>
        id.Length is > 0 and <= MaxUploadIdLength && !id.Contains('/') && !id.ContainsAnyExceptInRange('!', '~');
}
