using System.Buffers;
using System.Globalization;

namespace Fabrik.Wire.Bazel;

/// <summary>Reads one name, from left to right. See <see cref="ResourceName"/>.</summary>
internal ref struct ResourceNameParser
{
    private const string ReadForm = "{instance/}blobs/{hash}/{size} or {instance/}compressed-blobs/zstd/{hash}/{size}";

    private const string WriteForm = "{instance/}uploads/{uuid}/blobs/{hash}/{size} or "
        + "{instance/}uploads/{uuid}/compressed-blobs/zstd/{hash}/{size}";

    // What an error says of a long name.
    private const int Shown = 200;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> FunctionLetters =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz");

    private ReadOnlySpan<char> _rest;
    private bool _isAtEnd;

    /// <summary>Reads a name of the kind that the call takes.</summary>
    public static bool TryParse(string name, bool isWrite, out ResourceName resource, out string error)
    {
        ArgumentNullException.ThrowIfNull(name);
        resource = default;
        if (name.Length > ResourceName.MaxLength)
        {
            error = $"the resource name has {name.Length} characters: expected {ResourceName.MaxLength} at most";
            return false;
        }

        if (InstanceName.FindNoText(name) is { } character)
        {
            error = $"the resource name has the character {character}: expected readable ones";
            return false;
        }

        var parser = new ResourceNameParser { _rest = name };
        error = isWrite ? parser.Write(name, out resource) : parser.Read(name, out resource);
        if (error.Length == 0)
        {
            return true;
        }

        resource = default;
        error = $"resource name \"{Shorten(name)}\": {error}";
        return false;
    }

    private string Read(string name, out ResourceName resource)
    {
        resource = default;
        var error = Instance(name, out var instance, out var keyword);
        if (error.Length > 0)
        {
            return error;
        }

        if (keyword is not (ResourceName.Blobs or ResourceName.CompressedBlobs))
        {
            return $"expected {ReadForm}";
        }

        error = Blob(keyword, out var coding, out var digest);
        resource = new ResourceName(instance, null, coding, digest);
        return error.Length > 0 ? error
            : !_isAtEnd ? $"\"{Shorten(_rest)}\" follows the size: expected {ReadForm}"
            : "";
    }

    private string Write(string name, out ResourceName resource)
    {
        resource = default;
        var error = Instance(name, out var instance, out var keyword);
        if (error.Length > 0)
        {
            return error;
        }

        if (keyword is not ResourceName.Uploads)
        {
            return $"expected {WriteForm}";
        }

        var id = Next();
        if (!ResourceName.IsUploadId(id))
        {
            return $"\"{Shorten(id)}\" is no UUID: expected 1 to {ResourceName.MaxUploadIdLength} visible characters";
        }

        keyword = Next();
        if (keyword is not (ResourceName.Blobs or ResourceName.CompressedBlobs))
        {
            return $"\"{Shorten(keyword)}\" follows the UUID: expected {WriteForm}";
        }

        error = Blob(keyword, out var coding, out var digest);
        resource = new ResourceName(instance, id.ToString(), coding, digest);
        return error;
    }

    /// <summary>Reads the instance and the keyword behind it.</summary>
    private string Instance(string name, out string instance, out ReadOnlySpan<char> keyword)
    {
        var end = 0;
        do
        {
            end = name.Length - _rest.Length;
            keyword = Next();
        }
        while (!_isAtEnd
            && keyword is not (ResourceName.Uploads or ResourceName.Blobs or ResourceName.CompressedBlobs));

        instance = "";
        if (_isAtEnd)
        {
            return "it has no \"blobs\", \"compressed-blobs\" or \"uploads\" with something behind it";
        }

        if (end == 0)
        {
            return "";
        }

        if (end == 1)
        {
            return "it begins with a slash: expected none before an empty instance name";
        }

        instance = name[..(end - 1)];
        return InstanceName.IsValid(instance, out var error) ? "" : error;
    }

    /// <summary>Reads the compressor, the digest function, the hash and the size, as far as they are there.</summary>
    private string Blob(ReadOnlySpan<char> keyword, out BlobCoding coding, out BlobDigest digest)
    {
        (coding, digest) = (BlobCoding.Identity, default);
        if (keyword is ResourceName.CompressedBlobs)
        {
            coding = BlobCoding.Zstd;
            var compressor = Next();
            if (compressor is not ResourceName.Zstd)
            {
                return compressor is "identity"
                    ? "\"identity\" is no compressor: expected \"blobs\" for a blob that is not compressed"
                    : $"the compressor \"{Shorten(compressor)}\" is not served: expected \"{ResourceName.Zstd}\"";
            }
        }

        var hash = Next();
        if (hash is "sha256")
        {
            hash = Next();
        }
        else if (IsFunction(hash))
        {
            return $"the digest function \"{hash}\" is not served: only sha256 is, which is left out";
        }

        var size = Next();
        if (size.IsEmpty || size.ContainsAnyExceptInRange('0', '9')
            || !long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
        {
            return $"\"{Shorten(size)}\" is no size: expected decimal digits, {long.MaxValue} at most";
        }

        return BlobDigest.TryParse(hash.ToString(), bytes, out digest, out var error) ? "" : error;
    }

    /// <summary>Whether it looks like the name of a function: those of the API have letters that no hash has.</summary>
    private static bool IsFunction(ReadOnlySpan<char> segment) =>
        segment.Length is > 0 and <= 16
        && !segment.ContainsAnyExcept(FunctionLetters)
        && segment.ContainsAnyExcept(HexDigits);

    /// <summary>The next segment; empty behind the last one.</summary>
    private ReadOnlySpan<char> Next()
    {
        var slash = _rest.IndexOf('/');
        _isAtEnd = slash < 0;
        var segment = _isAtEnd ? _rest : _rest[..slash];
        _rest = _isAtEnd ? [] : _rest[(slash + 1)..];
        return segment;
    }

    private static string Shorten(ReadOnlySpan<char> text) =>
        text.Length <= Shown ? text.ToString() : $"{text[..Shown]}…";
}
