using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Fabrik.Memcached.Configuration;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Backends;

/// <summary>An HTTP server that keeps values under <c>{url}/{key}</c>, as a memcached backend.</summary>
/// <remarks>
/// What stands in the address as it is are letters, digits and <c>-._~</c>; all else of a key is escaped, its slashes
/// too, so that no key leads elsewhere. The keys <c>.</c> and <c>..</c> would, and are refused.
/// </remarks>
internal sealed class HttpBackend : IBackend
{
    /// <summary>The header with the client's flags, both ways.</summary>
    public const string FlagsHeader = "X-Memcached-Flags";

    /// <summary>The header with the seconds until a value expires, both ways; missing for never.</summary>
    public const string ExpiryHeader = "X-Memcached-Expiry";

    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"u8);

    private readonly HttpBackendOptions _options;
    private readonly HttpClient _client;
    private readonly TimeProvider _time;
    private readonly string _prefix;
    private readonly Admission _admission;

    /// <summary>A backend; nothing is asked yet.</summary>
    /// <param name="options">Where it is, and what it may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="maxValueSize">Bytes of a value.</param>
    public HttpBackend(HttpBackendOptions options, TimeProvider time, int maxValueSize)
        : this(options, time, maxValueSize, MakeHandler(options))
    {
    }

    /// <summary>A backend that asks through a handler, which it disposes of.</summary>
    public HttpBackend(HttpBackendOptions options, TimeProvider time, int maxValueSize, HttpMessageHandler handler)
    {
        (_options, _time) = (options, time);
        _admission = new Admission(options.MaxConcurrent);
        _prefix = options.Url.AbsoluteUri.TrimEnd('/') + "/";
        _client = new HttpClient(handler)
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = Math.Max(1, maxValueSize),
        };
    }

    /// <inheritdoc/>
    public bool TryEnter() => _admission.TryEnter();

    /// <inheritdoc/>
    public void Leave() => _admission.Leave();

    /// <inheritdoc/>
    public Task CloseAsync() => _admission.CloseAsync();

    /// <inheritdoc/>
    public async Task<BackendAnswer> RunAsync(BackendCommand command)
    {
        if (command.Key is [(byte)'.'] or [(byte)'.', (byte)'.'])
        {
            return BackendAnswer.Refused($"the key is not possible in backend {_options.Name}");
        }

        if (!IsSupported(command))
        {
            return BackendAnswer.Refused($"not supported by backend {_options.Name}");
        }

        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var message = Make(command);
        try
        {
            using var response = await _client.SendAsync(
                message, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            return await ReadAsync(command, response, timeout.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return BackendAnswer.Failed("timed out");
        }
        catch (HttpRequestException e)
        {
            return e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded
                ? BackendAnswer.TooLarge
                : BackendAnswer.Failed(TextOf(e.HttpRequestError));
        }
        catch (HttpIOException e)
        {
            return BackendAnswer.Failed(TextOf(e.HttpRequestError));
        }
        catch (IOException)
        {
            return BackendAnswer.Failed("closed the connection");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static SocketsHttpHandler MakeHandler(HttpBackendOptions options) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        MaxConnectionsPerServer = options.MaxConcurrent,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = options.Timeout,
    };

    private static string TextOf(HttpRequestError error) => error switch
    {
        HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError => "cannot be reached",
        HttpRequestError.SecureConnectionError => "cannot be trusted",
        HttpRequestError.InvalidResponse => "sent a wrong answer",
        _ => "closed the connection",
    };

    // What needs the number of a value, or to change it in place, has no counterpart that each server has.
    private static bool IsSupported(BackendCommand command) => command switch
    {
        { Unique: not 0 } => false,
        { Action: BackendAction.Get } => command.Expiry is null,
        { Action: BackendAction.Set or BackendAction.Add or BackendAction.Replace or BackendAction.Delete } => true,
        _ => false,
    };

    private static string Escape(ReadOnlySpan<byte> key)
    {
        var text = new StringBuilder(key.Length + 16);
        foreach (var character in key)
        {
            if (Plain.Contains(character))
            {
                text.Append((char)character);
            }
            else
            {
                text.Append('%').Append(character.ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return text.ToString();
    }

    private static uint FlagsOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues(FlagsHeader, out var values)
        && uint.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var flags)
            ? flags
            : 0;

    // What takes more seconds than fit is as good as for ever.
    private static long LifeOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues(ExpiryHeader, out var values)
        && int.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? seconds
            : -1;

    private HttpRequestMessage Make(BackendCommand command)
    {
        var left = ItemExpiry.SecondsLeft(command.Expiry ?? 0, _time.GetUtcNow());
        var method = command.Action switch
        {
            BackendAction.Get => command.WithoutValue ? HttpMethod.Head : HttpMethod.Get,
            BackendAction.Delete => HttpMethod.Delete,
            BackendAction.Set when left == ItemExpiry.Past => HttpMethod.Delete,
            _ => HttpMethod.Put,
        };
        var message = new HttpRequestMessage(method, new Uri(_prefix + Escape(command.Key)));
        foreach (var (name, value) in _options.Headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        if (method == HttpMethod.Put)
        {
            message.Content = new ByteArrayContent(command.Value);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            message.Headers.TryAddWithoutValidation(
                FlagsHeader, command.ClientFlags.ToString(CultureInfo.InvariantCulture));
            AddConditions(message, command, left);
        }

        return message;
    }

    private static void AddConditions(HttpRequestMessage message, BackendCommand command, long left)
    {
        if (left != 0)
        {
            var seconds = Math.Max(1, left).ToString(CultureInfo.InvariantCulture);
            message.Headers.TryAddWithoutValidation(ExpiryHeader, seconds);
        }

        if (command.Action == BackendAction.Add)
        {
            message.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
        }
        else if (command.Action == BackendAction.Replace)
        {
            message.Headers.IfMatch.Add(EntityTagHeaderValue.Any);
        }
    }

    private async Task<BackendAnswer> ReadAsync(
        BackendCommand command, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var isStore = command.Action is not (BackendAction.Get or BackendAction.Delete);
        return response.StatusCode switch
        {
            HttpStatusCode.OK when command.Action == BackendAction.Get =>
                await ReadValueAsync(command, response, cancellationToken),
            >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices when command.Action != BackendAction.Get =>
                BackendAnswer.Done,
            HttpStatusCode.NotFound or HttpStatusCode.Gone when command.Action == BackendAction.Set =>
                IsRemoval(response) ? BackendAnswer.Done : Failed(response),
            HttpStatusCode.NotFound or HttpStatusCode.Gone =>
                isStore ? BackendAnswer.NotStored : BackendAnswer.Miss,
            HttpStatusCode.PreconditionFailed when isStore => BackendAnswer.NotStored,
            HttpStatusCode.RequestEntityTooLarge => BackendAnswer.TooLarge,
            _ => Failed(response),
        };
    }

    private static bool IsRemoval(HttpResponseMessage response) =>
        response.RequestMessage?.Method == HttpMethod.Delete;

    private static BackendAnswer Failed(HttpResponseMessage response) => BackendAnswer.Failed(string.Create(
        CultureInfo.InvariantCulture, $"answered with status {(int)response.StatusCode}"));

    private async Task<BackendAnswer> ReadValueAsync(
        BackendCommand command, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var announced = response.Content.Headers.ContentLength;
        if (announced > _client.MaxResponseContentBufferSize)
        {
            return BackendAnswer.TooLarge;
        }

        byte[] value = [];
        if (!command.WithoutValue)
        {
            await response.Content.LoadIntoBufferAsync(_client.MaxResponseContentBufferSize, cancellationToken);
            value = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        }

        var room = ArrayPool<byte>.Shared.Rent(BackendAnswer.HeadRoom + value.Length + BackendAnswer.TailRoom);
        value.CopyTo(room, BackendAnswer.HeadRoom);
        return new BackendAnswer
        {
            Kind = ReplyKind.Hit,
            Room = room,
            Hit = new HitHead
            {
                ValueLength = command.WithoutValue ? (int)(announced ?? 0) : value.Length,
                ClientFlags = FlagsOf(response),
                RemainingTtl = LifeOf(response),
            },
        };
    }
}
