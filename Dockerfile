# One container with everything; data in the volume /data.
#   docker build -t common-purse .
#   docker run -v purse:/data -p 8000:8000 -e PB_BASE_URL=https://purse.example.org common-purse
FROM python:3.12-slim

RUN useradd --system --create-home purse && mkdir /data && chown purse /data
WORKDIR /app
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY pb pb
COPY voting voting
COPY deliberation deliberation
COPY templates templates
COPY static static
RUN pip install --no-cache-dir -c constraints.txt ".[fast,postgres]"

USER purse
VOLUME /data
EXPOSE 8000
ENV PB_DATA_DIR=/data PYTHONUNBUFFERED=1
HEALTHCHECK CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthy')"
ENTRYPOINT ["pb"]
CMD ["serve", "--host", "0.0.0.0"]
