using System.Net;
using System.Net.Http.Headers;

namespace Fabrik.Server.Auth.Keys;

/// <summary>A JSON Web Key Set at an address: bounded in time and size, and never led from https to http.</summary>
internal sealed class JwksUrlSource(string setting, Uri url, HttpMessageInvoker http, TimeProvider time)
    : IKeySource
{
    public string Name => $"{setting}: {Shown(url)}";

    public bool IsRemote => true;

    public IReadOnlyList<VerificationKey> Before { get; init; } = [];

    public async ValueTask<KeyReading> ReadAsync(CancellationToken ct)
    {
        using CancellationTokenSource timeout = new(AuthLimits.FetchTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
        try
        {
            return await FetchAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return KeyReading.Failed($"{Name} did not answer within {AuthLimits.FetchTimeout.TotalSeconds:0} s");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return KeyReading.Failed($"{Name} cannot be fetched: {failure.Message}");
        }
    }

    private async ValueTask<KeyReading> FetchAsync(CancellationToken ct)
    {
        var address = url;
        for (var redirects = 0; redirects <= AuthLimits.Redirects; redirects++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, address);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/jwk-set+json"));
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            using var response = await http.SendAsync(request, ct);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return await ReadBodyAsync(response, ct);
            }

            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308)
                || response.Headers.Location is not { } location)
            {
                return KeyReading.Failed($"{Name} answered {(int)response.StatusCode}; expected 200");
            }

            if (!Uri.TryCreate(address, location, out var next))
            {
                return KeyReading.Failed($"{Name} redirects to what is no address");
            }

            if (next.Scheme != Uri.UriSchemeHttps
                && (next.Scheme != Uri.UriSchemeHttp || address.Scheme != next.Scheme))
            {
                return KeyReading.Failed($"{Name} redirects to {next.Scheme}, which is less secure; refused");
            }

            address = next;
        }

        return KeyReading.Failed($"{Name} redirects more than {AuthLimits.Redirects} times");
    }

    private async ValueTask<KeyReading> ReadBodyAsync(HttpResponseMessage response, CancellationToken ct)
    {
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        if (await BoundedReader.ReadAsync(body, ct) is not { } bytes)
        {
            return KeyReading.Failed($"{Name} answered with more than {AuthLimits.KeySourceBytes} bytes");
        }

        var reading = JsonWebKeys.Read(bytes, allowSecrets: false);
        return reading.Error is { } error ? KeyReading.Failed($"{Name} holds {error}") : reading;
    }

    // Without user info or query: either may be a secret.
    private static string Shown(Uri address) =>
        address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
