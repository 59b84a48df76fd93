namespace KestraGitHub.Access;

/// <summary>Whoever may GET may ask for the head of the answer: the handler runs as for a GET, and the server keeps the body back.</summary>
internal static class HeadAnswers
{
    public static TBuilder AnswerHead<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder
    {
        routes.Finally(endpoint =>
        {
            if (endpoint.Metadata.OfType<HttpMethodMetadata>().LastOrDefault() is not { HttpMethods: [var only] } methods || !HttpMethods.IsGet(only)) return;
            endpoint.Metadata.Remove(methods);
            endpoint.Metadata.Add(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));
        });
        return routes;
    }
}
