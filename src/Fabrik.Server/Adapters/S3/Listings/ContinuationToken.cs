using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace Fabrik.Server.Adapters.S3.Listings;

/// <summary>Where a listing goes on, as text that clients give back and do not look into.</summary>
internal static class ContinuationToken
{
    private const byte Key = (byte)'k';
    private const byte Prefix = (byte)'p';

    /// <summary>Writes a place.</summary>
    public static string Write(ListingPlace place)
    {
        byte[] bytes = [place.SkipsBelow ? Prefix : Key, .. Encoding.UTF8.GetBytes(place.After)];
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads what <see cref="Write"/> wrote; false for anything else.</summary>
    public static bool TryRead(string token, out ListingPlace place)
    {
        place = default;
        if (token.Length is 0 or > 2048 || !Base64Url.IsValid(token))
        {
            return false;
        }

        var bytes = Base64Url.DecodeFromChars(token);
        if (bytes.Length < 2 || bytes[0] is not (Key or Prefix) || !Utf8.IsValid(bytes.AsSpan(1)))
        {
            return false;
        }

        place = new ListingPlace(Encoding.UTF8.GetString(bytes.AsSpan(1)), bytes[0] == Prefix);
        return true;
    }
}
