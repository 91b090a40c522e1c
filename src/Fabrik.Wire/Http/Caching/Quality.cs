using System.Globalization;

namespace Fabrik.Wire.Http.Caching;

/// <summary>Quality values: RFC 9110, section 12.4.2.</summary>
internal static class Quality
{
    /// <summary>In thousandths; 1000 when the parameters have no <c>q</c>, and 0 when it is not one.</summary>
    public static int Of(ReadOnlySpan<char> parameters)
    {
        foreach (var range in parameters.Split(';'))
        {
            var parameter = parameters[range].Trim(" \t");
            if (!parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var isNumber = decimal.TryParse(
                parameter[2..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var quality);
            return isNumber && quality <= 1 ? (int)(quality * 1000) : 0;
        }

        return 1000;
    }
}
