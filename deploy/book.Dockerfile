# An image with your book in it, for where no folder can be mounted. From the folder of its pages:
#   docker build -f book.Dockerfile --build-arg PAGESIDE=pageside:0.1.0 -t registry.example.org/book .
ARG PAGESIDE=pageside:0.1.0
FROM ${PAGESIDE}
COPY . /book
