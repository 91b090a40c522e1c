using System.Text;

namespace Fabrik.Server.Adapters.S3.Objects;

/// <summary>Text in headers of answers, which are ASCII: what is not goes as S3 sends it, by RFC 2047.</summary>
internal static class HeaderText
{
    /// <summary>The text, or an encoded word of it.</summary>
    public static string Encode(string text) =>
        Ascii.IsValid(text) ? text : $"=?UTF-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}?=";
}
