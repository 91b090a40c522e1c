using System.Globalization;
using Fabrik.Proxies.Origins;
using Fabrik.Proxies.Storage;
using Fabrik.Wire.Http;
using Fabrik.Wire.Http.Caching;

namespace Fabrik.Proxies.Fetching;

/// <summary>
/// Asks an origin, judges what it answers, and files that: (1) a 304 brings what is stored up to date; (2) an answer
/// that may be kept becomes a variant of the head, and its body a flight; (3) any other one is for one client.
/// </summary>
internal sealed class HeadFetcher(HeadTable heads, Flights flights, BodyTargets bodies, GenerationSource generations)
{
    /// <summary>Bytes of a slice of what is fetched from now on.</summary>
    public required int SliceSize { get; init; }

    /// <summary>Whether a head of a key is in memory.</summary>
    public bool Has(ResourceKey key) => heads.TryFind(key, out var head) && head is not null;

    /// <summary>Fetches.</summary>
    public async ValueTask<FetchOutcome> FetchAsync(FetchPlan plan, CancellationToken cancellationToken)
    {
        var request = RequestOf(plan);
        var sent = await plan.Origin.SendAsync(request, cancellationToken);
        if (!sent.TryGet(out var response, out var fault))
        {
            return new FetchOutcome(FetchKind.Failed) { Fault = fault };
        }

        if (response.Fault is { } failure)
        {
            return new FetchOutcome(FetchKind.Failed)
            {
                Fault = failure,
                Status = response.Status,
                Response = response,
            };
        }

        if (response.Status != 304 || plan.Validates is null)
        {
            return await FileAsync(plan, response);
        }

        await using (response)
        {
            return Confirm(plan, response)
                ?? await FetchAsync(plan with { Validates = null }, cancellationToken);
        }
    }

    private OriginRequest RequestOf(FetchPlan plan)
    {
        List<HeaderField> fields = [.. plan.Fields];
        if (plan.Validates is { } validated && plan.Stored is { } stored)
        {
            fields.AddRange(Validation.Conditions(Responses(stored, plan), IndexOf(stored, validated)));
        }
        else if (plan.Slices is { } slices)
        {
            var last = slices.End == long.MaxValue ? "" : $"{(slices.End * SliceSize) - 1}";
            fields.Add(new HeaderField(
                "Range", string.Create(CultureInfo.InvariantCulture, $"bytes={slices.First * SliceSize}-{last}")));
        }

        return new OriginRequest { Method = plan.Method, Target = plan.Key.Target, Headers = fields };
    }

    private static List<StoredResponse> Responses(StoredHead stored, FetchPlan plan) =>
        [.. stored.Variants.Select(variant => variant.Under(plan.Rule))];

    private static int IndexOf(StoredHead stored, StoredVariant wanted) =>
        stored.Variants.ToList().FindIndex(variant => variant.Generation == wanted.Generation);

    private FetchOutcome? Confirm(FetchPlan plan, OriginResponse response)
    {
        var responses = Responses(plan.Stored!, plan);
        var selected = IndexOf(plan.Stored!, plan.Validates!);
        var confirmed = Validation.Confirmed(responses, selected, response.Headers);
        if (confirmed < 0)
        {
            return null;
        }

        var updated = Freshening.Update(responses[confirmed], ExchangeOf(plan, response, 304), plan.Rule);
        var variant = plan.Stored!.Variants[confirmed].With(updated.ToParts());
        var isKept = updated.MayBeKept;
        heads.Update(plan.Key, head => isKept
            ? (head ?? new StoredHead(plan.Key, [])).With(variant)
            : head?.Without(variant.Generation));
        return new FetchOutcome(FetchKind.Confirmed) { Variant = variant, Status = 304, IsKept = isKept };
    }

    private async ValueTask<FetchOutcome> FileAsync(FetchPlan plan, OriginResponse response)
    {
        if (!plan.KeepsErrors && response.Status is >= 300 and not 416)
        {
            return await RefuseAsync(plan, response);
        }

        var part = default(ContentRange);
        var isPart = response.Status == 206;
        if (isPart && !IsThePart(plan, response, out part))
        {
            return Unstored(response);
        }

        var status = isPart ? 200 : response.Status;
        var exchange = ExchangeOf(plan, response, status);
        var size = isPart ? part.Size : response.Length ?? (HasNoBody(status) ? 0 : null);
        if (StorageRules.Check(exchange, plan.Rule) != StorageRefusal.None
            || size > plan.MaxSize
            || (status >= 300 && !plan.KeepsErrors))
        {
            return Unstored(response);
        }

        var variant = VariantOf(plan, exchange, size);
        if ((isPart || plan.Method == "HEAD") && variant.Pin is null)
        {
            return Unstored(response);
        }

        var hasBody = plan.Method != "HEAD" && size != 0;
        var hold = hasBody ? Begin(plan, variant, response, isPart ? plan.Slices : null) : null;
        if (hasBody && hold is null)
        {
            return Unstored(response, isForWantOfMemory: true);
        }

        await response.DisposeAsync();
        heads.Update(
            plan.Key,
            head => (head ?? new StoredHead(plan.Key, [])).With(variant),
            persist: variant.Pin is not null || variant.IsWhole);
        return new FetchOutcome(FetchKind.Stored) { Variant = variant, Hold = hold, Status = response.Status };
    }

    private FlightReader? Begin(
        FetchPlan plan, StoredVariant variant, OriginResponse response, (long First, long End)? slices)
    {
        var target = bodies.Of(plan.Key, variant, plan.Origin, plan.Fields, plan.MaxSize);
        var count = variant.Size is { } size ? (size + SliceSize - 1) / SliceSize : long.MaxValue;
        var hold = flights.Begin(
            target, response.Body, slices?.First ?? 0, Math.Min(slices?.End ?? long.MaxValue, count));
        if (hold is not null)
        {
            response.TakeBody();
        }

        return hold;
    }

    private StoredVariant VariantOf(FetchPlan plan, OriginExchange exchange, long? size)
    {
        var judged = StoredResponse.Of(exchange, plan.Rule);
        var validators = judged.Validators;
        var pin = validators.HasStrongTag && size is not null && exchange.Status == 200 ? validators.EntityTag : null;
        var known = pin is null ? null : plan.Stored?.Variants.FirstOrDefault(variant =>
            variant.Pin == pin && variant.Size == size && variant.SliceSize == SliceSize);
        return new StoredVariant
        {
            Parts = judged.ToParts(),
            Size = size,
            SliceSize = SliceSize,
            Pin = pin,
            Generation = known?.Generation ?? generations.Next(),
            IsWhole = size == 0,
        };
    }

    private static OriginExchange ExchangeOf(FetchPlan plan, OriginResponse response, int status) => new()
    {
        Method = "GET",
        RequestHeaders = plan.Fields,
        Status = status,
        ResponseHeaders = status == response.Status
            ? response.Headers
            : [.. response.Headers.Where(static one => !one.Is("Content-Range") && !one.Is("Content-Length"))],
        RequestTime = response.RequestedAt,
        ResponseTime = response.ReceivedAt,
    };

    // The origin may give less than was asked for only at the end of the whole.
    private bool IsThePart(FetchPlan plan, OriginResponse response, out ContentRange part)
    {
        part = default;
        return plan.Slices is { } slices
            && PartialContent.TryReadPart(response.Headers, out part)
            && part.Size is { } size
            && part.Range.Offset == slices.First * SliceSize
            && part.Range.Offset + part.Range.Length
                == (slices.End == long.MaxValue ? size : Math.Min(size, slices.End * SliceSize));
    }

    private static bool HasNoBody(int status) => status is 204 or 205 or 304;

    // Clients get words of our own: the answer is no one's in particular. What is deleted is not kept either.
    private async ValueTask<FetchOutcome> RefuseAsync(FetchPlan plan, OriginResponse response)
    {
        await response.DisposeAsync();
        if (response.Status is 404 or 410 && plan.Stored is not null)
        {
            heads.Remove(plan.Key);
        }

        return new FetchOutcome(FetchKind.Refused) { Status = response.Status };
    }

    private static FetchOutcome Unstored(OriginResponse response, bool isForWantOfMemory = false) =>
        new(FetchKind.Unstored)
        {
            Response = response,
            Status = response.Status,
            IsForWantOfMemory = isForWantOfMemory,
        };
}
